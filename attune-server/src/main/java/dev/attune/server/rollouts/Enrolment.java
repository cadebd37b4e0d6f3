package dev.attune.server.rollouts;

import dev.attune.config.instance.InstanceRecord;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.instances.Instances;
import dev.attune.server.subscribe.Reach;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Who is concerned by a rollout: the connected instances that its files reach, also by way of imports. */
final class Enrolment {
    private final Instances instances;
    private final Reach reach;

    Enrolment(Instances instances, Reach reach) {
        this.instances = instances;
        this.reach = reach;
    }

    /**
     * Those that are concerned.
     *
     * @param voting understand directives; they are the targets
     * @param silent do not, and follow by the ordinary updates without being asked
     */
    record Concerned(SortedSet<InstanceRef> voting, SortedSet<InstanceRef> silent) {}

    CompletableFuture<Concerned> of(RolloutRecord record) {
        return instances.list(record.environment()).thenCompose(all -> {
            List<Reach.Listener> listeners = new ArrayList<>();
            for (InstanceRecord each : all) listeners.add(listener(each));
            return touched(record.plan().files(), 0, listeners, new HashSet<>()).thenApply(touched -> {
                SortedSet<InstanceRef> voting = new TreeSet<>();
                SortedSet<InstanceRef> silent = new TreeSet<>();
                for (InstanceRecord each : all)
                    if (touched.contains(listener(each)))
                        (each.votes() ? voting : silent)
                                .add(new InstanceRef(
                                        each.spec().application(), each.spec().id()));
                silent.removeAll(voting);
                return new Concerned(voting, silent);
            });
        });
    }

    private static Reach.Listener listener(InstanceRecord record) {
        return new Reach.Listener(record.spec().toSpec(), record.files());
    }

    private CompletableFuture<Set<Reach.Listener>> touched(
            List<FileMove> files, int index, List<Reach.Listener> listeners, Set<Reach.Listener> so) {
        if (index == files.size()) return CompletableFuture.completedFuture(so);
        return reach.of(files.get(index).file(), listeners).thenCompose(found -> {
            so.addAll(found);
            return touched(files, index + 1, listeners, so);
        });
    }

    /** Who is connected in an environment, as far as this node knows. */
    CompletableFuture<SortedSet<InstanceRef>> connected(String environment) {
        return instances.present(environment).thenApply(found -> {
            SortedSet<InstanceRef> connected = new TreeSet<>();
            found.forEach(each -> connected.add(new InstanceRef(each.application(), each.id())));
            return connected;
        });
    }
}
