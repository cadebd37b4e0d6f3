package dev.attune.server.files;

import dev.attune.config.edit.KeyEdits;
import dev.attune.config.format.Document;
import dev.attune.config.format.Documents;
import dev.attune.config.resolve.Layer;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.policies.PolicyFiles;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.policy.Action;
import dev.attune.tuning.policy.Method;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.policy.RolloutPolicy;
import dev.attune.tuning.policy.TuningPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Checks policies against what they are about, before they are saved: their keys are there, the file's schema takes every
 * value that they may set, and no other policy owns a key by itself (tuning §6.1). Callable from any thread; never blocks.
 */
final class PolicyCheck {
    private final FileWrites writes;
    private final PolicyFiles files;
    private final Schemas schemas;

    PolicyCheck(FileWrites writes, PolicyFiles files, Schemas schemas) {
        this.writes = writes;
        this.files = files;
        this.schemas = schemas;
    }

    /** Fails with {@code INVALID_ARGUMENT}, the policy and the field. */
    CompletableFuture<Void> check(Ground ground, List<Policy> policies, Bindings.Pending pending) {
        Coordinate file = ground.file();
        return files.of(file.environment(), file.application(), file.cluster(), ground.level())
                .thenCompose(found -> {
                    List<PolicyFiles.Found> others = found.stream()
                            .filter(each -> !each.file().equals(file))
                            .toList();
                    requireOwn(file, policies, others);
                    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
                    for (Policy each : policies)
                        if (each instanceof TuningPolicy tuning)
                            all = all.thenCompose(done -> keys(ground, tuning, pending));
                    return all;
                });
    }

    private static void requireOwn(Coordinate file, List<Policy> policies, List<PolicyFiles.Found> others) {
        List<PolicyFiles.Found> all = new ArrayList<>(others);
        policies.forEach(each -> all.add(new PolicyFiles.Found(file, each)));
        for (Policy each : policies) {
            String name = each.metadata().name();
            for (PolicyFiles.Found other : others)
                if (other.policy().metadata().name().equals(name))
                    throw invalid(each, "metadata.name: in " + other.file().file() + " too (expected: another name)");
            if (each instanceof TuningPolicy tuning) requireOwner(tuning, all);
            if (each instanceof RolloutPolicy rollout
                    && !rollout.guardsFrom().isEmpty()
                    && all.stream()
                            .noneMatch(other -> other.policy() instanceof TuningPolicy tuning
                                    && tuning.metadata().name().equals(rollout.guardsFrom())))
                throw invalid(
                        each,
                        "guardsFrom: " + rollout.guardsFrom() + " (expected: a TuningPolicy of this application and"
                                + " cluster)");
        }
    }

    private static void requireOwner(TuningPolicy policy, List<PolicyFiles.Found> all) {
        if (policy.mode() != Mode.AUTO) return;
        for (PolicyFiles.Found other : all) {
            boolean self =
                    other.policy().metadata().name().equals(policy.metadata().name());
            if (self || !(other.policy() instanceof TuningPolicy rival) || rival.mode() != Mode.AUTO) continue;
            Action own = policy.action();
            boolean safest =
                    own.combine() == Action.Combine.SAFEST && rival.action().combine() == Action.Combine.SAFEST;
            boolean apart = !own.file().equals(rival.action().file())
                    || own.priority() != rival.action().priority();
            if (safest || apart) continue;
            for (String key : policy.keys())
                if (rival.keys().contains(key))
                    throw invalid(
                            policy,
                            "key: " + key + " is changed by policy "
                                    + rival.metadata().name() + " of "
                                    + other.file().file()
                                    + " too (expected: one policy in mode auto for a key, another priority, or combine:"
                                    + " safest for both)");
        }
    }

    private CompletableFuture<Void> keys(Ground ground, TuningPolicy policy, Bindings.Pending pending) {
        Coordinate file = ground.file();
        Coordinate target = new Coordinate(
                file.environment(),
                file.application(),
                file.cluster(),
                policy.action().file());
        Layer soon = pending.layers().get(target);
        if (soon != null) {
            for (String key : policy.keys())
                requireNumber(policy, key, soon.keys().get(key), false);
            return CompletableFuture.completedFuture(null);
        }
        return Ground.read(writes.reads(), writes.known(), target, ground.level())
                .thenCompose(at -> {
                    if (at.pointer().filter(each -> !each.isDeleted()).isEmpty())
                        throw invalid(
                                policy,
                                "file: there is no " + target + " (expected: release the file with the keys first)");
                    return writes.stored(at, at.present().stable())
                            .thenCompose(stored ->
                                    values(at, policy, stored.release().text()));
                });
    }

    private CompletableFuture<Void> values(Ground target, TuningPolicy policy, Bytes text) {
        Map<String, String> keys = Documents.keys(target.file().file(), text);
        if (keys == null)
            throw invalid(policy, "file: " + target.file().file() + " has no keys (expected: not plain text)");
        boolean ruled = !target.settings().schema().isEmpty();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (int i = 0; i < policy.keys().size(); i++) {
            String key = policy.keys().get(i);
            requireNumber(policy, key, keys.get(key), ruled);
            if (!ruled) continue;
            for (Setting each : settable(policy, i))
                all = all.thenCompose(done -> fits(target, policy, text, new Wish(key, each)));
        }
        return all;
    }

    /** A key that is not in the file must be known to its schema; one with a range must be a number. */
    private static void requireNumber(TuningPolicy policy, String key, @Nullable String value, boolean ruled) {
        if (value == null && !ruled)
            throw invalid(
                    policy, "key: " + key + " is not in " + policy.action().file() + " (expected: a key of that file)");
        if (value != null
                && !policy.action().ranges().isEmpty()
                && !Setting.of(value).isNumber())
            throw invalid(policy, "key: " + key + " is \"" + value + "\" (expected: a number, as it has a range)");
    }

    private record Wish(String key, Setting value) {}

    /** The values at the ends of what the policy may set. */
    private static List<Setting> settable(TuningPolicy policy, int index) {
        List<Setting> values = new ArrayList<>();
        if (index < policy.action().ranges().size()) {
            KeyRange range = policy.action().ranges().get(index);
            values.add(Setting.of(range.min()));
            values.add(Setting.of(range.max()));
        }
        if (policy.method() instanceof Method.ByThreshold threshold) {
            for (ThresholdController.Step step : threshold.controller().steps())
                if (!step.set().text().isEmpty()) values.add(step.set());
            Optional.ofNullable(threshold.controller().back())
                    .map(ThresholdController.Return::to)
                    .filter(to -> to != null && !to.text().isEmpty())
                    .ifPresent(values::add);
        }
        return values;
    }

    private CompletableFuture<Void> fits(Ground target, TuningPolicy policy, Bytes text, Wish wish) {
        String name = target.file().file();
        CompletableFuture<Void> checked;
        try {
            Bytes with = KeyEdits.set(name, text, wish.key, wish.value.text());
            checked = schemas.check(target, Document.read(name, with)).thenAccept(compares -> {});
        } catch (AttuneException e) {
            checked = CompletableFuture.failedFuture(e);
        }
        return checked.exceptionally(failure -> {
            Throwable cause = dev.attune.server.http.Problems.unwrap(failure);
            if (cause instanceof AttuneException known && known.code() == ErrorCode.INVALID_ARGUMENT)
                throw invalid(
                        policy,
                        "key: " + wish.key + ": may become " + wish.value.text() + ", which does not fit the schema of "
                                + name + ": " + known.getMessage());
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        });
    }

    private static AttuneException invalid(Policy policy, String message) {
        return new AttuneException(
                ErrorCode.INVALID_ARGUMENT, "policy " + policy.metadata().name() + ": " + message);
    }
}
