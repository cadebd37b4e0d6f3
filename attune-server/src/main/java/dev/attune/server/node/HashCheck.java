package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.store.StateHash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this member's state hashes with the others' at indexes that both passed (G8). A member that a majority of
 * the voters disagrees with stops serving and gives up leadership; without a majority either way every member stops,
 * because nobody can tell who is right.
 */
final class HashCheck {
    private static final Logger LOG = LoggerFactory.getLogger(HashCheck.class);

    private final StateHost host;
    private final ReplicatedLog log;
    private final PeerCalls peers;
    private final Quarantine quarantine;

    HashCheck(StateHost host, ReplicatedLog log, PeerCalls peers, Quarantine quarantine) {
        this.host = host;
        this.log = log;
        this.peers = peers;
        this.quarantine = quarantine;
    }

    /** Asks every other voter once; the answer is judged when all have answered or failed. */
    CompletableFuture<Void> run() {
        LogStatus status = log.status();
        Map<MemberId, List<HashTrail.Mark>> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> calls = status.membership().keepers().stream()
                .filter(each -> !each.equals(status.self()))
                .map(each -> peers.marks(each).thenAccept(marks -> answers.put(each, marks)))
                .map(call -> call.exceptionally(unreachable -> null))
                .toList();
        return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .thenRun(() -> judge(status, host.marks(), answers));
    }

    private void judge(LogStatus status, List<HashTrail.Mark> own, Map<MemberId, List<HashTrail.Mark>> answers) {
        Verdict verdict = verdict(own, answers, status.membership().keepers().size());
        if (verdict == Verdict.EQUAL) return;
        String reason = verdict == Verdict.MINORITY
                ? "its state differs from the majority's"
                : "the members' states differ and no majority agrees";
        if (!quarantine.impose(reason)) return;
        LOG.error("event=state-differs member={} reason=\"{}\"", status.self(), reason);
        if (verdict == Verdict.MINORITY && status.isLeader())
            answers.keySet().stream().findFirst().ifPresent(log::transferLeadership);
    }

    /** What the comparison says about this member. */
    enum Verdict {
        EQUAL,
        MINORITY,
        SPLIT
    }

    /**
     * Judges at the highest index at which this member and others differ. With one voter that differs out of two, or no
     * majority for any hash, it is a split.
     */
    static Verdict verdict(List<HashTrail.Mark> own, Map<MemberId, List<HashTrail.Mark>> others, int voters) {
        Verdict worst = Verdict.EQUAL;
        for (HashTrail.Mark mine : own) {
            Map<StateHash, Integer> votes = new HashMap<>();
            votes.merge(mine.hash(), 1, Integer::sum);
            int answered = 1;
            for (List<HashTrail.Mark> theirs : others.values()) {
                for (HashTrail.Mark each : theirs) {
                    if (each.index() != mine.index()) continue;
                    votes.merge(each.hash(), 1, Integer::sum);
                    answered++;
                    break;
                }
            }
            if (votes.size() == 1) continue;
            int majority = voters / 2 + 1;
            int agreeing = votes.getOrDefault(mine.hash(), 0);
            int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            if (agreeing >= majority) continue;
            if (most >= majority) return Verdict.MINORITY;
            // Too few answered to judge: a later round will.
            if (answered == voters) worst = Verdict.SPLIT;
        }
        return worst;
    }
}
