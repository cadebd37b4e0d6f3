package dev.attune.server.audit;

import dev.attune.config.audit.AuditLink;
import dev.attune.config.audit.AuditRecord;
import dev.attune.config.audit.AuditSettings;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The chain of audit records. The leader gives records that wait their place, in the order of their revisions; a chain
 * in the changes' own transactions would make every change of the cluster wait for every other.
 */
public final class AuditTrail {
    // Two operations a record and one for the head stay below the store's 128.
    private static final int SEALED_AT_ONCE = 60;
    private static final int PAGE = 500;

    private final Reads reads;
    private final Audit audit;

    public AuditTrail(Reads reads, Audit audit) {
        this.reads = reads;
        this.audit = audit;
    }

    /** What is recorded besides what always is. */
    public CompletableFuture<AuditSettings> settings() {
        return reads.one(AuditSettings.key(), ReadLevel.LINEARIZABLE)
                .thenApply(found ->
                        found.map(each -> AuditSettings.decode(each.value())).orElse(AuditSettings.DEFAULT));
    }

    /** Sets what is recorded; completes with the revision. */
    public CompletableFuture<Long> put(AuditSettings settings, String who) {
        Operation record = audit.record(who, "audit.settings", "keys", settings.keys() ? "on" : "off");
        List<Operation> both = List.of(Operation.Put.of(AuditSettings.key(), settings.encode()), record);
        return reads.run(new Operation.Txn(List.of(), both, List.of())).thenApply(Reads.Done::revision);
    }

    /** Chains what waits; completes when nothing does. Safe on several members: the head decides who was first. */
    public CompletableFuture<Void> seal() {
        Operation.Range waiting = Operation.Range.of(AuditRecord.waiting()).withLimit(SEALED_AT_ONCE);
        return reads.found(waiting, ReadLevel.LINEARIZABLE).thenCompose(found -> {
            if (found.keyValues().isEmpty()) return CompletableFuture.completedFuture(null);
            return head().thenCompose(head -> chain(head, found.keyValues()))
                    .thenCompose(done -> found.keyValues().size() < SEALED_AT_ONCE || !done.succeeded()
                            ? CompletableFuture.completedFuture(null)
                            : seal());
        });
    }

    private CompletableFuture<Reads.Done> chain(Optional<KeyValue> headKey, List<KeyValue> waiting) {
        AuditLink.Head head =
                headKey.map(each -> AuditLink.Head.decode(each.value())).orElse(AuditLink.Head.EMPTY);
        List<KeyValue> ordered = new ArrayList<>(waiting);
        ordered.sort(Comparator.comparingLong(KeyValue::createRevision).thenComparing(KeyValue::key));
        List<Operation> writes = new ArrayList<>();
        String previous = head.hash();
        long number = head.number();
        for (KeyValue each : ordered) {
            AuditLink link =
                    AuditLink.after(previous, ++number, each.createRevision(), AuditRecord.decode(each.value()));
            writes.add(Operation.Put.of(link.key(), link.encode()));
            writes.add(Operation.Delete.of(each.key()));
            previous = link.hash();
        }
        writes.add(Operation.Put.of(AuditLink.Head.key(), new AuditLink.Head(number, previous).encode()));
        Compare same = Compare.modRevisionIs(
                AuditLink.Head.key(), headKey.map(KeyValue::modRevision).orElse(0L));
        return reads.run(new Operation.Txn(List.of(same), writes, List.of()));
    }

    private CompletableFuture<Optional<KeyValue>> head() {
        return reads.one(AuditLink.Head.key(), ReadLevel.LINEARIZABLE);
    }

    /**
     * Links with numbers below {@code before}, newest first.
     *
     * @param before 0 to begin with the newest
     */
    public CompletableFuture<List<AuditLink>> list(long before, int limit) {
        return seal().thenCompose(done -> head()).thenCompose(found -> {
            long newest = found.map(each -> AuditLink.Head.decode(each.value()).number())
                    .orElse(0L);
            long end = before <= 0 ? newest + 1 : Math.min(before, newest + 1);
            KeyRange range = AuditLink.range(Math.max(1, end - limit), Math.max(1, end));
            return reads.range(range, ReadLevel.LINEARIZABLE).thenApply(all -> {
                List<AuditLink> links = new ArrayList<>();
                for (int i = all.size() - 1; i >= 0; i--)
                    links.add(AuditLink.decode(all.get(i).value()));
                return links;
            });
        });
    }

    /**
     * How the chain looks.
     *
     * @param links how many were checked
     * @param head hash of the last one; write it down elsewhere to notice a chain that was replaced as a whole
     * @param problem what is wrong and where; empty when nothing is
     */
    public record Verdict(long links, String head, String problem) {}

    /** Checks every link. */
    public CompletableFuture<Verdict> verify() {
        return seal().thenCompose(done -> head()).thenCompose(found -> {
            AuditLink.Head head =
                    found.map(each -> AuditLink.Head.decode(each.value())).orElse(AuditLink.Head.EMPTY);
            return verify(head, AuditLink.Head.EMPTY);
        });
    }

    private CompletableFuture<Verdict> verify(AuditLink.Head head, AuditLink.Head so) {
        if (so.number() == head.number()) {
            String problem =
                    so.hash().equals(head.hash()) ? "" : "the head names another hash than link " + so.number();
            return CompletableFuture.completedFuture(new Verdict(so.number(), head.hash(), problem));
        }
        KeyRange range = AuditLink.range(so.number() + 1, Math.min(so.number() + PAGE, head.number()) + 1);
        return reads.range(range, ReadLevel.LINEARIZABLE).thenCompose(all -> {
            AuditLink.Head at = so;
            for (KeyValue each : all) {
                AuditLink link = AuditLink.decode(each.value());
                String problem = problem(at, link);
                if (!problem.isEmpty())
                    return CompletableFuture.completedFuture(new Verdict(at.number(), head.hash(), problem));
                at = new AuditLink.Head(link.number(), link.hash());
            }
            if (at.number() == so.number())
                return CompletableFuture.completedFuture(
                        new Verdict(at.number(), head.hash(), "link " + (at.number() + 1) + " is missing"));
            return verify(head, at);
        });
    }

    private static String problem(AuditLink.Head at, AuditLink link) {
        if (link.number() != at.number() + 1) return "link " + (at.number() + 1) + " is missing";
        if (!link.previous().equals(at.hash())) return "link " + link.number() + " does not follow the one before";
        return link.intact() ? "" : "link " + link.number() + " was altered";
    }
}
