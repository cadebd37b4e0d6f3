package dev.attune.server.changes;

import dev.attune.config.change.Change;
import dev.attune.config.change.ChangeEdit;
import dev.attune.config.change.ChangeFlow;
import dev.attune.config.change.ChangeState;
import dev.attune.config.release.Bound;
import dev.attune.config.release.Draft;
import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.audit.Audit;
import dev.attune.server.files.FileBatch;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.server.rollouts.RolloutService;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes: written, reviewed, released and rolled back as a whole. Callable from any thread; never blocks. */
public final class ChangeService {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeService.class);
    private static final String DUE = "change-due/";
    private static final int ATTEMPTS_MAX = 16;

    private final Reads reads;
    private final FileBatch batch;
    private final RolloutService rollouts;
    private final Audit audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public ChangeService(Reads reads, FileBatch batch, RolloutService rollouts, Audit audit, Clock clock) {
        this.reads = reads;
        this.rollouts = rollouts;
        this.batch = batch;
        this.audit = audit;
        this.clock = clock;
    }

    /** An edit with its text, empty for one that deletes. */
    public record Text(ChangeEdit edit, Bytes text) {}

    /** A change as read, with the revision that guards the next step. */
    record Held(String environment, Change change, long revision, EnvironmentSettings rules, long rulesRevision) {
        ChangeFlow flow() {
            return new ChangeFlow(rules);
        }
    }

    /** Writes a draft; every text is checked as if it were released. */
    public CompletableFuture<Change> create(String environment, String author, String message, List<Text> texts) {
        byte[] unique = new byte[6];
        random.nextBytes(unique);
        Change change = new Change(
                HexFormat.of().formatHex(unique),
                ChangeState.DRAFT,
                author,
                message,
                clock.millis(),
                texts.stream().map(Text::edit).toList(),
                List.of(),
                0,
                "",
                List.of());
        return checked(environment, change, texts).thenCompose(planned -> {
            List<Operation> writes = puts(environment, change, texts);
            writes.add(audit.record(author, "change.create", environment + "/" + change.id(), message));
            Compare fresh = Compare.absent(Change.key(environment, change.id()));
            return reads.run(new Operation.Txn(List.of(fresh), writes, List.of()))
                    .thenApply(done -> change);
        });
    }

    /** Replaces the edits of a draft; nobody but its author may. */
    public CompletableFuture<Change> edit(String environment, String id, String who, String message, List<Text> texts) {
        return held(environment, id).thenCompose(held -> {
            held.flow().requireOpen(held.change);
            if (!held.change.author().equals(who))
                throw new AttuneException(
                        ErrorCode.PERMISSION_DENIED, "Only " + held.change.author() + " may edit this draft.");
            Change next = new Change(
                    id,
                    ChangeState.DRAFT,
                    who,
                    message,
                    held.change.createdMillis(),
                    texts.stream().map(Text::edit).toList(),
                    List.of(),
                    0,
                    "",
                    List.of());
            return checked(environment, next, texts).thenCompose(planned -> {
                List<Operation> writes = new ArrayList<>();
                writes.addAll(puts(environment, next, texts));
                for (int i = texts.size(); i < held.change.edits().size(); i++)
                    writes.add(Operation.Delete.of(Change.textKey(environment, id, i)));
                writes.add(audit.record(who, "change.edit", environment + "/" + id, message));
                return run(held, writes).thenApply(done -> next);
            });
        });
    }

    private static List<Operation> puts(String environment, Change change, List<Text> texts) {
        List<Operation> writes = new ArrayList<>();
        writes.add(Operation.Put.of(Change.key(environment, change.id()), change.encode()));
        for (int i = 0; i < texts.size(); i++)
            writes.add(Operation.Put.of(
                    Change.textKey(environment, change.id(), i), texts.get(i).text()));
        return writes;
    }

    private CompletableFuture<FileBatch.Planned> checked(String environment, Change change, List<Text> texts) {
        long bytes = texts.stream().mapToLong(each -> each.text().size()).sum();
        if (texts.isEmpty() || texts.size() > Change.FILES_MAX || bytes > Change.BYTES_MAX)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "edits: " + texts.size() + " with " + bytes + " bytes (expected: 1.." + Change.FILES_MAX
                            + " with <= " + Change.BYTES_MAX + " bytes)");
        return batch.plan(
                items(environment, change, texts.stream().map(Text::text).toList()), draft(change, "check"));
    }

    private static List<FileBatch.Item> items(String environment, Change change, List<Bytes> texts) {
        List<FileBatch.Item> items = new ArrayList<>();
        for (int i = 0; i < change.edits().size(); i++) {
            ChangeEdit edit = change.edits().get(i);
            Coordinate file = change.file(environment, edit);
            items.add(
                    edit.delete()
                            ? new FileBatch.Item.Delete(file, edit.base())
                            : new FileBatch.Item.Put(file, texts.get(i), edit.base()));
        }
        return items;
    }

    private Draft draft(Change change, String who) {
        String message = change.message() + " (change " + change.id() + ")";
        return new Draft(who, message, clock.millis(), Draft.ANY_BASE);
    }

    /** One change. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<Change> get(String environment, String id) {
        return held(environment, id).thenApply(Held::change);
    }

    /** The texts of a change in the order of its edits. */
    public CompletableFuture<List<Bytes>> texts(String environment, Change change) {
        List<Bytes> keys = new ArrayList<>();
        for (int i = 0; i < change.edits().size(); i++) keys.add(Change.textKey(environment, change.id(), i));
        return reads.keys(keys, ReadLevel.LINEARIZABLE).thenApply(found -> {
            List<Bytes> texts = new ArrayList<>();
            for (KeyValue each : found) texts.add(each == null ? Bytes.EMPTY : each.value());
            return texts;
        });
    }

    /** The changes of an environment, newest first. */
    public CompletableFuture<List<Change>> list(String environment) {
        return reads.range(Change.all(environment), ReadLevel.LINEARIZABLE).thenApply(all -> {
            List<Change> changes = new ArrayList<>();
            for (KeyValue each : all) changes.add(Change.decode(each.value()));
            changes.sort(
                    java.util.Comparator.comparingLong(Change::createdMillis).reversed());
            return changes;
        });
    }

    /** Asks for approval. */
    public CompletableFuture<Change> submit(String environment, String id, String who) {
        return step(environment, id, who, "change.submit", (flow, change) -> flow.submit(change));
    }

    /** Approves. */
    public CompletableFuture<Change> approve(String environment, String id, String who) {
        return step(environment, id, who, "change.approve", (flow, change) -> flow.approve(change, who));
    }

    /** Gives it up. */
    public CompletableFuture<Change> reject(String environment, String id, String who, String why) {
        return step(environment, id, who, "change.reject", (flow, change) -> flow.reject(change, why));
    }

    /** Takes it back to be written again. */
    public CompletableFuture<Change> reopen(String environment, String id, String who) {
        return step(environment, id, who, "change.reopen", (flow, change) -> flow.reopen(change));
    }

    /** Plans its release; 0 plans none. */
    public CompletableFuture<Change> schedule(String environment, String id, String who, long dueMillis) {
        return step(environment, id, who, "change.schedule", (flow, change) -> flow.schedule(change, dueMillis));
    }

    private CompletableFuture<Change> step(
            String environment, String id, String who, String action, BiFunction<ChangeFlow, Change, Change> step) {
        return held(environment, id).thenCompose(held -> {
            Change next = step.apply(held.flow(), held.change);
            List<Operation> writes = new ArrayList<>();
            writes.add(Operation.Put.of(Change.key(environment, id), next.encode()));
            writes.add(audit.record(who, action, environment + "/" + id, next.note()));
            due(held, next, writes);
            return run(held, writes).thenApply(done -> next);
        });
    }

    private static void due(Held held, Change next, List<Operation> writes) {
        if (held.change.dueMillis() == next.dueMillis()) return;
        if (held.change.dueMillis() > 0) writes.add(Operation.Delete.of(dueKey(held.environment, held.change)));
        if (next.dueMillis() > 0) writes.add(Operation.Put.of(dueKey(held.environment, next), Bytes.utf8(next.id())));
    }

    private static Bytes dueKey(String environment, Change change) {
        return SystemKeys.of(
                String.format(Locale.ROOT, "%s%015d/%s/%s", DUE, change.dueMillis(), environment, change.id()));
    }

    /** Releases every edit in one transaction. */
    public CompletableFuture<Change> release(String environment, String id, String who) {
        return attempt(environment, id, 1, held -> {
            held.flow().requireReleasable(held.change, clock.millis());
            return texts(environment, held.change)
                    .thenCompose(texts -> {
                        List<FileBatch.Item> items = items(environment, held.change, texts);
                        return batch.requireNoPolicy(items)
                                .thenCompose(free -> batch.plan(items, draft(held.change, who)));
                    })
                    .thenApply(planned -> {
                        List<Change.Result> results = new ArrayList<>();
                        for (int i = 0; i < planned.releases().size(); i++)
                            results.add(new Change.Result(
                                    held.change.edits().get(i).base(),
                                    planned.releases().get(i)));
                        Change next = ChangeFlow.released(held.change, results);
                        List<Operation> writes = new ArrayList<>(planned.operations());
                        writes.add(Operation.Put.of(Change.key(environment, id), next.encode()));
                        writes.add(audit.record(who, "change.release", environment + "/" + id, next.message()));
                        due(held, next, writes);
                        return new Step(next, planned.compares(), writes);
                    });
        });
    }

    /** Brings every edit to the instances by one rollout; the change is released when that commits. */
    public CompletableFuture<RolloutRecord> rollOut(String environment, String id, String who, RolloutRequest how) {
        return rollouts.start(environment, how, () -> load(environment, id, who), who);
    }

    private CompletableFuture<RolloutRequest.Load> load(String environment, String id, String who) {
        return held(environment, id).thenCompose(held -> {
            held.flow().requireReleasable(held.change, clock.millis());
            return texts(environment, held.change)
                    .thenApply(texts -> new RolloutRequest.Load(
                            items(environment, held.change, texts),
                            id,
                            number -> new Bound(Map.of(), guards(held), begun(held, who, number))));
        });
    }

    private List<Operation> begun(Held held, String who, long rollout) {
        Change next = held.flow().releasing(held.change, rollout, clock.millis());
        String target = held.environment + "/" + next.id();
        List<Operation> writes = new ArrayList<>();
        writes.add(Operation.Put.of(Change.key(held.environment, next.id()), next.encode()));
        writes.add(audit.record(who, "change.release", target, "by rollout " + rollout));
        due(held, next, writes);
        return writes;
    }

    /**
     * Undoes a released change as a whole, in one transaction and as a new change. Fails with {@code CONFLICT} naming
     * the file when one was changed since.
     */
    public CompletableFuture<Change> rollback(String environment, String id, String who, String message) {
        byte[] unique = new byte[6];
        random.nextBytes(unique);
        String undoId = HexFormat.of().formatHex(unique);
        return attempt(environment, id, 1, held -> {
            held.flow().requireReleased(held.change);
            Change undone = held.change;
            List<FileBatch.Item> items = new ArrayList<>();
            List<ChangeEdit> edits = new ArrayList<>();
            List<Change.Result> planned = new ArrayList<>();
            for (int i = 0; i < undone.edits().size(); i++) {
                ChangeEdit edit = undone.edits().get(i);
                Change.Result result = undone.results().get(i);
                Coordinate file = undone.file(environment, edit);
                boolean delete = result.before() == 0;
                items.add(
                        delete
                                ? new FileBatch.Item.Delete(file, result.after())
                                : new FileBatch.Item.Return(file, result.after(), result.before()));
                edits.add(new ChangeEdit(edit.application(), edit.cluster(), edit.file(), delete, result.after()));
                planned.add(result);
            }
            String why = message.isEmpty() ? "Roll back change " + id : message;
            return batch.plan(items, new Draft(who, why, clock.millis(), Draft.ANY_BASE))
                    .thenApply(done -> {
                        List<Change.Result> results = new ArrayList<>();
                        for (int i = 0; i < planned.size(); i++)
                            results.add(new Change.Result(
                                    planned.get(i).after(), done.releases().get(i)));
                        Change undo = new Change(
                                undoId,
                                ChangeState.RELEASED,
                                who,
                                why,
                                clock.millis(),
                                edits,
                                List.of(),
                                0,
                                "",
                                results);
                        List<Operation> writes = new ArrayList<>(done.operations());
                        writes.add(Operation.Put.of(Change.key(environment, undoId), undo.encode()));
                        // Written again so that two rollbacks of one change cannot both happen.
                        writes.add(Operation.Put.of(
                                Change.key(environment, id),
                                held.flow()
                                        .missed(undone, "rolled back by change " + undoId)
                                        .encode()));
                        writes.add(audit.record(who, "change.rollback", environment + "/" + id, why));
                        return new Step(undo, done.compares(), writes);
                    });
        });
    }

    /** Releases what is due; one that cannot be released stays approved and says why. */
    public CompletableFuture<Void> releaseDue() {
        KeyRange all = KeyRange.prefix(SystemKeys.of(DUE));
        return reads.range(all, ReadLevel.STALE).thenCompose(found -> {
            CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
            for (KeyValue each : found) {
                String[] parts = each.key().toUtf8().split("/", -1);
                if (Long.parseLong(parts[1]) > clock.millis()) break;
                chain = chain.thenCompose(done -> releaseDue(parts[2], parts[3]));
            }
            return chain;
        });
    }

    private CompletableFuture<Void> releaseDue(String environment, String id) {
        return release(environment, id, "schedule")
                .thenAccept(done -> LOG.info("event=scheduled-release environment={} change={}", environment, id))
                .exceptionallyCompose(failure -> {
                    if (!(Problems.unwrap(failure) instanceof AttuneException known)
                            || known.code().retry() == ErrorCode.Retry.SAFE)
                        return CompletableFuture.completedFuture(null);
                    LOG.warn("event=scheduled-release-refused environment={} change={}", environment, id, known);
                    String why = "not released as planned: " + known.getMessage();
                    return step(
                                    environment,
                                    id,
                                    "schedule",
                                    "change.missed",
                                    (flow, change) -> flow.missed(change, why))
                            .thenAccept(done -> {});
                });
    }

    private record Step(Change next, List<Compare> compares, List<Operation> writes) {}

    private CompletableFuture<Change> attempt(
            String environment, String id, int attempt, Function<Held, CompletableFuture<Step>> plan) {
        return held(environment, id).thenCompose(held -> plan.apply(held).thenCompose(step -> {
            List<Compare> compares = new ArrayList<>(step.compares);
            compares.addAll(guards(held));
            return reads.run(new Operation.Txn(compares, step.writes, List.of()))
                    .thenCompose(done -> {
                        if (done.succeeded()) return CompletableFuture.completedFuture(step.next);
                        if (attempt >= ATTEMPTS_MAX)
                            throw new AttuneException(ErrorCode.OVERLOADED, "Others changed its files meanwhile.");
                        return attempt(environment, id, attempt + 1, plan);
                    });
        }));
    }

    private static List<Compare> guards(Held held) {
        return List.of(
                Compare.modRevisionIs(Change.key(held.environment, held.change.id()), held.revision),
                Compare.modRevisionIs(EnvironmentSettings.key(held.environment), held.rulesRevision));
    }

    private CompletableFuture<Reads.Done> run(Held held, List<Operation> writes) {
        return reads.run(new Operation.Txn(guards(held), writes, List.of())).thenApply(done -> {
            if (!done.succeeded())
                throw new AttuneException(ErrorCode.CONFLICT, "The change was taken a step further meanwhile.");
            return done;
        });
    }

    private CompletableFuture<Held> held(String environment, String id) {
        List<Operation> both = List.of(
                Operation.Range.of(KeyRange.key(Change.key(environment, id))),
                Operation.Range.of(KeyRange.key(EnvironmentSettings.key(environment))));
        return reads.all(both, ReadLevel.LINEARIZABLE).thenApply(found -> {
            KeyValue change = found.get(0);
            KeyValue rules = found.get(1);
            if (change == null) throw new AttuneException(ErrorCode.NOT_FOUND, "There is no change of this id.");
            return new Held(
                    environment,
                    Change.decode(change.value()),
                    change.modRevision(),
                    rules == null ? EnvironmentSettings.NONE : EnvironmentSettings.decode(rules.value()),
                    rules == null ? 0 : rules.modRevision());
        });
    }
}
