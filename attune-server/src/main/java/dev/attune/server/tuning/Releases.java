package dev.attune.server.tuning;

import dev.attune.config.edit.KeyEdits;
import dev.attune.config.release.Bound;
import dev.attune.config.release.Draft;
import dev.attune.model.Bytes;
import dev.attune.model.config.Release;
import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.Strategy;
import dev.attune.server.files.FileBatch;
import dev.attune.server.policies.GuardTexts;
import dev.attune.server.policies.PolicyRollout;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.policy.RolloutPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/** A key's new value as a release of its file. Callable from any thread. */
final class Releases {
    private static final long PHASE_MILLIS = 30_000;
    static final long LOST_MILLIS = 20_000;

    private final FileBatch batch;

    Releases(FileBatch batch) {
        this.batch = batch;
    }

    /** What makes {@code value} the key's; fails with the reason when the file cannot have it. */
    CompletableFuture<FileBatch.Planned> plan(
            Standing.Target target, String key, String value, Draft draft, boolean direct) {
        List<FileBatch.Item> items = List.of(item(target, key, value));
        return direct ? batch.planDirect(items, draft) : batch.plan(items, draft);
    }

    static FileBatch.Item item(Standing.Target target, String key, String value) {
        Bytes text = KeyEdits.set(target.file().file(), target.text(), key, value);
        return new FileBatch.Item.Put(target.file(), text, target.release());
    }

    /** What brings the item: the writing says what else the transaction holds that begins the rollout of a number. */
    static RolloutRequest.Load load(FileBatch.Item item, LongFunction<Writing> besides) {
        return new RolloutRequest.Load(List.of(item), "", number -> {
            Writing writing = besides.apply(number);
            return new Bound(Map.of(), writing.compares(), writing.writes());
        });
    }

    static String message(String sentence) {
        int most = Release.MESSAGE_LENGTH_MAX / 2;
        return sentence.length() <= most ? sentence : sentence.substring(0, most);
    }

    /** A rollout that brings the value. */
    static RolloutRequest rollout(Standing standing, List<Policy> policies, AppView view, String message) {
        Strategy strategy =
                switch (standing.policy().action().strategy()) {
                    case ATOMIC ->
                        new Strategy.Atomic(
                                Quorum.percent(100),
                                new Deadlines(PHASE_MILLIS, PHASE_MILLIS, PHASE_MILLIS, PHASE_MILLIS));
                    case PROGRESSIVE -> progressive(standing, policies);
                    case IMMEDIATE -> HoldOut.strategy(standing, view);
                };
        return new RolloutRequest(
                strategy,
                message,
                "",
                LOST_MILLIS,
                RolloutRequest.Taken.REFUSE,
                strategy instanceof Strategy.Progressive
                        ? GuardTexts.of(standing.policy().guards())
                        : "");
    }

    /** By the application's rollout policy of the key, else as usual. */
    static Strategy.Progressive progressive(Standing standing, List<Policy> policies) {
        boolean judged = !standing.policy().guards().isEmpty();
        return policies.stream()
                .filter(RolloutPolicy.class::isInstance)
                .map(RolloutPolicy.class::cast)
                .filter(each -> each.matches(standing.key()))
                .findFirst()
                .map(each -> PolicyRollout.strategy(each, judged))
                .orElseGet(() -> PolicyRollout.usual(judged));
    }
}
