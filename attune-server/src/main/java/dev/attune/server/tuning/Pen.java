package dev.attune.server.tuning;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Encoder;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.guard.Budget;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every transaction of a policy's turn holds: that the leader still leads and the policy is as it was read; the record,
 * the budgets, the pins, what became of decisions.
 */
final class Pen {
    private static final Logger LOG = LoggerFactory.getLogger(Pen.class);
    /** Decisions of a policy that are kept: so many, and for so long. */
    private static final long KEPT_MAX = 2_000;

    private static final long KEPT_MIN = 100;
    private static final long KEPT_MILLIS = 14L * 24 * 3_600_000;

    private final Ground ground;
    private final Turn turn;
    private final Standing standing;

    Pen(Ground ground, Turn turn, Standing standing) {
        this.ground = ground;
        this.turn = turn;
        this.standing = standing;
    }

    /** A decision with its state; older decisions are forgotten. */
    Writing begun(DecisionEntry entry, PolicyState next) {
        PolicyId id = standing.id();
        Writing writing = guarded(next)
                .when(Compare.absent(TuneKeys.decision(id, entry.number())))
                .put(TuneKeys.decision(id, entry.number()), entry.encode());
        long kept = Math.min(
                KEPT_MAX,
                Math.max(KEPT_MIN, KEPT_MILLIS / standing.policy().rhythm().tickMillis()));
        long oldest = entry.number() - kept;
        if (oldest > 0)
            writing.write(new Operation.Delete(TuneKeys.decisions(id, 0, oldest + 1), false))
                    .write(new Operation.Delete(TuneKeys.outcomes(id, 0, oldest + 1), false));
        return writing;
    }

    Writing guarded(PolicyState next) {
        return new Writing()
                .when(turn.fence())
                .when(turn.survey().unchanged(TuneKeys.state(standing.id())))
                .put(TuneKeys.state(standing.id()), next.encode());
    }

    /** What a change for all compares and writes besides what it changes. */
    void spent(Writing writing, String key, long nowMillis, String sentence) {
        Survey survey = turn.survey();
        PolicyId id = standing.id();
        unpaid(writing, key, sentence);
        budget(writing, TuneKeys.budget(id.environment(), id.application()), survey.applicationBudget(id, nowMillis));
        budget(writing, TuneKeys.clusterBudget(), survey.clusterBudget(nowMillis));
    }

    /** The same without a budget. */
    void unpaid(Writing writing, String key, String sentence) {
        free(writing, key);
        audited(writing, "tune.apply", key, sentence);
    }

    /** That nobody has forbidden it meanwhile. */
    void free(Writing writing, String key) {
        writing.when(turn.survey().stillFree(standing.id(), key));
    }

    private void budget(Writing writing, Bytes key, Budget budget) {
        Encoder out = new Encoder(32);
        budget.spend().write(out);
        writing.when(turn.survey().unchanged(key)).put(key, out.toBytes());
    }

    void audited(Writing writing, String action, String key, String sentence) {
        writing.write(
                ground.audit().record(standing.id().principal(), action, standing.target() + " " + key, sentence));
    }

    /** The pin that a person's change of a key earns it. */
    void pinned(Writing writing, String key, Hold pin) {
        writing.put(TuneKeys.pin(standing.id().environment(), standing.id().application(), key), pin.encode());
        audited(writing, "tune.pin", key, pin.words());
    }

    OutcomeEntry outcome(OutcomeEntry.What what, long nowMillis, String sentence, long release) {
        return new OutcomeEntry(what, nowMillis, standing.id().principal(), sentence, release);
    }

    void outcomes(Writing writing, List<Long> decisions, OutcomeEntry outcome) {
        for (long each : decisions)
            writing.put(TuneKeys.outcome(standing.id(), each, outcome.what()), outcome.encode());
    }

    CompletableFuture<Reads.Done> run(Writing writing) {
        return ground.reads().run(writing.txn());
    }

    void told(Reads.Done done, DecisionEntry entry) {
        if (!done.succeeded()) return;
        ground.meters().decided(entry.said());
        if (entry.made().release() > 0)
            LOG.info(
                    "event=tuned policy={} key={} from={} to={} release={}",
                    standing.id(),
                    entry.said().key(),
                    entry.said().from(),
                    entry.said().to(),
                    entry.made().release());
    }

    /** Why the centre will not have such a release; empty when it may have it a moment later. */
    static String refusedFor(Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        if (!(cause instanceof AttuneException known)) return "";
        boolean forGood = known.code() == ErrorCode.INVALID_ARGUMENT
                || known.code() == ErrorCode.FAILED_PRECONDITION
                || known.code() == ErrorCode.TOO_LARGE;
        return forGood ? "the release is refused: " + known.getMessage() : "";
    }
}
