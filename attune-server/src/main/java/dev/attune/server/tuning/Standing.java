package dev.attune.server.tuning;

import dev.attune.config.format.Documents;
import dev.attune.config.release.Pointer;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.ReleaseKind;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.policy.Method;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.policy.TuningPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it stands: its text, and the file whose keys it changes.
 *
 * @param file that holds the policy
 * @param release of that file
 * @param sha256 of that release's text
 */
record Standing(PolicyId id, TuningPolicy policy, Coordinate file, long release, String sha256) {
    private static final int HASH_SHOWN = 8;

    /** The policies of a file that tune. */
    static List<Standing> in(PolicyShelf.Page page, Coordinate file) {
        List<Standing> found = new ArrayList<>();
        for (Policy each : page.policies())
            if (each instanceof TuningPolicy policy)
                found.add(new Standing(
                        new PolicyId(
                                file.environment(),
                                file.application(),
                                policy.metadata().name()),
                        policy,
                        file,
                        page.release().number(),
                        page.release().sha256()));
        return found;
    }

    /** Release and hash of its text. */
    String version() {
        return "r" + release + "-" + sha256.substring(0, HASH_SHOWN);
    }

    /** The file that holds its keys. */
    Coordinate target() {
        return new Coordinate(
                file.environment(),
                file.application(),
                file.cluster(),
                policy.action().file());
    }

    String key() {
        return policy.keys().get(0);
    }

    /** Fails with {@link IllegalArgumentException} when the policy needs a profile that is not there. */
    Decider decider(DecisionEntry.@Nullable Measured model) {
        @Nullable Model measured = model == null ? null : model.toModel();
        return policy.decider(version(), measured);
    }

    /** The policy as a climb; fails with {@link IllegalArgumentException} when it is none. */
    Climber climber() {
        return policy.climber(version());
    }

    boolean climbs() {
        return policy.method() instanceof Method.ByClimb;
    }

    /** What decisions name as what they were taken by. */
    DecisionEntry.Source source(DecisionEntry.@Nullable Measured model) {
        return new DecisionEntry.Source(file.cluster(), file.file(), release, model);
    }

    /**
     * The keys' file as it stands.
     *
     * @param release that is current
     * @param since when it became current, in milliseconds of the epoch
     * @param author who made it current
     * @param kind of that release
     */
    record Target(Coordinate file, long release, long since, String author, ReleaseKind kind, Bytes text) {
        /** The release that a pointer is at. */
        static CompletableFuture<Target> of(PolicyShelf shelf, Coordinate file, Pointer pointer) {
            return shelf.release(file, pointer.stable())
                    .thenApply(release -> new Target(
                            file,
                            release.number(),
                            pointer.timeMillis(),
                            pointer.author(),
                            release.kind(),
                            release.text()));
        }

        Map<String, String> keys() {
            Map<String, String> keys = Documents.keys(file.file(), text);
            return keys == null ? Map.of() : keys;
        }

        Optional<Setting> setting(String key) {
            return Optional.ofNullable(keys().get(key)).map(Setting::of);
        }

        /** What expressions ask of it. */
        Facts facts(long nowMillis, long changedAtMillis) {
            Map<String, String> keys = keys();
            return new Facts() {
                @Override
                public double current(String key) {
                    String value = keys.get(key);
                    return value == null ? Double.NaN : Setting.of(value).number();
                }

                @Override
                public double appliedForSeconds(String key) {
                    return keys.containsKey(key) ? Math.max(0, nowMillis - since) / 1_000.0 : Double.NaN;
                }

                @Override
                public long changedAtMillis() {
                    return changedAtMillis;
                }
            };
        }
    }
}
