package dev.attune.server.tuning;

import dev.attune.config.instance.InstanceRecord;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Hold;
import dev.attune.config.release.Pointer;
import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An application as it stands: its files, the rules of its environment, and its instances.
 *
 * @param pointers of its files, by their names as text
 */
record AppView(
        String environment,
        String application,
        Map<String, Pointer> pointers,
        EnvironmentSettings rules,
        List<InstanceRecord> instances) {
    static CompletableFuture<AppView> read(Reads reads, String environment, String application, ReadLevel level) {
        Operation.Range files = Operation.Range.of(FileKeys.pointers(environment, application));
        Operation.Range rules = Operation.Range.of(KeyRange.key(EnvironmentSettings.key(environment)));
        Operation.Range instances = Operation.Range.of(InstanceRecord.all(environment, application));
        return reads.found(files, level).thenCompose(found -> reads.found(rules, ReadLevel.atLeast(found.revision()))
                .thenCompose(settings -> reads.found(instances, ReadLevel.atLeast(found.revision()))
                        .thenApply(live -> {
                            Map<String, Pointer> pointers = new TreeMap<>();
                            for (KeyValue each : found.keyValues())
                                pointers.put(FileKeys.parse(each.key()).file().toString(), Pointer.decode(each));
                            EnvironmentSettings rule = settings.keyValues().isEmpty()
                                    ? EnvironmentSettings.NONE
                                    : EnvironmentSettings.decode(
                                            settings.keyValues().get(0).value());
                            List<InstanceRecord> records = live.keyValues().stream()
                                    .map(each -> InstanceRecord.decode(each.value()))
                                    .toList();
                            return new AppView(environment, application, pointers, rule, records);
                        })));
    }

    /** The pointer of a file that is there. */
    Optional<Pointer> present(Coordinate file) {
        return Optional.ofNullable(pointers.get(file.toString())).filter(each -> !each.isDeleted());
    }

    /** What is in progress; empty for nothing. */
    String busy() {
        return busyBesides(0);
    }

    /** The same without one rollout. */
    String busyBesides(long rollout) {
        for (Map.Entry<String, Pointer> each : pointers.entrySet()) {
            Hold hold = each.getValue().hold();
            if (hold != null && hold.rollout() != rollout)
                return "rollout " + hold.rollout() + " moves " + each.getKey();
        }
        return "";
    }

    /** Why nothing is released in the environment now; empty when something may be. */
    String frozen(long nowMillis) {
        for (EnvironmentSettings.Freeze each : rules.freezes())
            if (nowMillis >= each.fromMillis() && nowMillis < each.toMillis()) return each.reason();
        return "";
    }

    /** The share of the instances that follow the file and have this release, or a newer one, in force; 1 without any. */
    double acknowledged(Coordinate file, long release) {
        int all = 0;
        int have = 0;
        for (InstanceRecord each : instances) {
            if (!follows(each, file)) continue;
            all++;
            InstanceRecord.State state = each.states().get(file.file());
            if (state != null && state.applied() && state.release() >= release) have++;
        }
        return all == 0 ? 1 : (double) have / all;
    }

    /** How many instances follow the file. */
    int following(Coordinate file) {
        return (int) instances.stream().filter(each -> follows(each, file)).count();
    }

    /** Why an instance refused this release; null when none did. */
    @Nullable String refused(Coordinate file, long release) {
        for (InstanceRecord each : instances) {
            InstanceRecord.State state = each.states().get(file.file());
            if (follows(each, file) && state != null && !state.applied() && state.release() == release)
                return each.spec().id() + " refused it: " + state.reason();
        }
        return null;
    }

    private static boolean follows(InstanceRecord instance, Coordinate file) {
        if (instance.follower()) return false;
        boolean subscribed = instance.files().isEmpty() || instance.files().contains(file.file());
        return subscribed
                && (instance.spec().cluster().equals(file.cluster())
                        || instance.spec().dataCentre().equals(file.cluster())
                        || file.cluster().equals(Coordinate.DEFAULT_CLUSTER));
    }
}
