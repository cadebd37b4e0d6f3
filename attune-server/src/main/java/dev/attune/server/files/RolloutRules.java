package dev.attune.server.files;

import dev.attune.config.format.Documents;
import dev.attune.config.release.Pointer;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.policies.GuardTexts;
import dev.attune.server.policies.PolicyFiles;
import dev.attune.server.policies.PolicyRollout;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.policy.RolloutPolicy;
import dev.attune.tuning.policy.TuningPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Which changes go by a rollout policy: those in which a key that the policy names is another than in the release before
 * (tuning §3.6). Callable from any thread; never blocks.
 */
final class RolloutRules {
    private final FileWrites writes;
    private final PolicyFiles policies;

    RolloutRules(FileWrites writes, PolicyFiles policies) {
        this.writes = writes;
        this.policies = policies;
    }

    /**
     * Fails with {@code FAILED_PRECONDITION} when the text, or that there is none any more, changes a key that a rollout
     * policy names.
     *
     * @param text that becomes the file's; null to delete it
     */
    CompletableFuture<Void> requireNone(Ground ground, @Nullable Bytes text) {
        return of(ground, text)
                .thenAccept(found -> found.ifPresent(by -> {
                    throw new AttuneException(
                            ErrorCode.FAILED_PRECONDITION,
                            "key " + by.key() + " of " + ground.file() + " goes by rollout policy " + by.policy()
                                    + " (expected: a rollout with strategy \"policy\"; strategy \"immediate\" passes it by)");
                }));
    }

    /** The policy that the change of a file goes by: the most careful one of those that name a key which it changes. */
    CompletableFuture<Optional<PolicyRollout>> of(Ground ground, @Nullable Bytes text) {
        Coordinate file = ground.file();
        return policies.of(file.environment(), file.application(), file.cluster(), ground.level())
                .thenCompose(found -> {
                    List<Policy> all =
                            found.stream().map(PolicyFiles.Found::policy).toList();
                    if (all.stream().noneMatch(RolloutPolicy.class::isInstance))
                        return CompletableFuture.completedFuture(Optional.empty());
                    return former(ground).thenApply(former -> byMostCareful(all, changed(file, former, text)));
                });
    }

    private CompletableFuture<Bytes> former(Ground ground) {
        Pointer pointer = ground.pointer().filter(each -> !each.isDeleted()).orElse(null);
        if (pointer == null) return CompletableFuture.completedFuture(Bytes.EMPTY);
        return writes.stored(ground, pointer.stable())
                .thenApply(stored -> stored.release().text());
    }

    private NavigableSet<String> changed(Coordinate file, Bytes former, @Nullable Bytes text) {
        Map<String, String> before = keys(file, former);
        Map<String, String> after = keys(file, text == null ? Bytes.EMPTY : text);
        NavigableSet<String> changed = new TreeSet<>();
        before.forEach((key, value) -> {
            if (!Objects.equals(value, after.get(key))) changed.add(key);
        });
        after.keySet().stream().filter(key -> !before.containsKey(key)).forEach(changed::add);
        return changed;
    }

    /** With secret values in the clear: sealed anew, one is another text and the same value. */
    private Map<String, String> keys(Coordinate file, Bytes text) {
        Map<String, String> keys = text.isEmpty() ? null : Documents.keys(file.file(), writes.opened(file, text));
        return keys == null ? Map.of() : keys;
    }

    private static Optional<PolicyRollout> byMostCareful(List<Policy> all, NavigableSet<String> changed) {
        return all.stream()
                .filter(RolloutPolicy.class::isInstance)
                .map(RolloutPolicy.class::cast)
                .flatMap(policy ->
                        changed.stream()
                                .filter(policy::matches)
                                .findFirst()
                                .map(key -> rollout(policy, key, all))
                                .stream())
                .max(careful());
    }

    /** By how long the stages take at least. */
    static Comparator<PolicyRollout> careful() {
        return Comparator.comparingLong((PolicyRollout each) -> each.strategy().stages().stream()
                        .mapToLong(stage -> stage.minimumMillis())
                        .sum())
                .thenComparing(PolicyRollout::policy);
    }

    private static PolicyRollout rollout(RolloutPolicy policy, String key, List<Policy> all) {
        String guards = all.stream()
                .filter(TuningPolicy.class::isInstance)
                .map(TuningPolicy.class::cast)
                .filter(each -> each.metadata().name().equals(policy.guardsFrom()))
                .findFirst()
                .map(each -> GuardTexts.of(each.guards()))
                .orElse("");
        return new PolicyRollout(
                policy.metadata().name(), key, PolicyRollout.strategy(policy, !guards.isEmpty()), guards);
    }
}
