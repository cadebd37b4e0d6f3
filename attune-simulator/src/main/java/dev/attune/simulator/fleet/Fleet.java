package dev.attune.simulator.fleet;

import dev.attune.rollout.record.InstanceRef;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;
import dev.attune.simulator.world.Centre;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What all parts of one world of rollouts share. */
final class Fleet {
    private final EventHeap time;
    private final Trace trace;
    private final Centre centre;
    private final FleetParts parts;
    private final FleetOptions options;
    private final Judge judge;
    private final Reach reach;
    private final List<Instance> instances = new ArrayList<>();
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private SortedSet<InstanceRef> registry = new TreeSet<>();
    private long lastSession;
    private boolean healed;

    Fleet(
            EventHeap time,
            Trace trace,
            Centre centre,
            FleetParts parts,
            FleetOptions options,
            Judge judge,
            Reach reach) {
        this.time = time;
        this.trace = trace;
        this.centre = centre;
        this.parts = parts;
        this.options = options;
        this.judge = judge;
        this.reach = reach;
    }

    EventHeap time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    Centre centre() {
        return centre;
    }

    FleetParts parts() {
        return parts;
    }

    FleetOptions options() {
        return options;
    }

    Judge judge() {
        return judge;
    }

    Reach reach() {
        return reach;
    }

    List<Instance> instances() {
        return instances;
    }

    Map<Integer, Node> nodes() {
        return nodes;
    }

    /** Nodes that can be connected to. */
    List<Node> reachable() {
        List<Node> reachable = new ArrayList<>();
        for (Node node : nodes.values()) if (node.isAlive()) reachable.add(node);
        return reachable;
    }

    /** A node that people may use; null when there is none. */
    @Nullable Node any(dev.attune.simulator.chance.Chance chance) {
        List<Node> reachable = reachable();
        return reachable.isEmpty() ? null : chance.one(reachable);
    }

    long newSession() {
        return ++lastSession;
    }

    /** Who is connected, as the leader knows it: a little old. */
    SortedSet<InstanceRef> registry() {
        return registry;
    }

    /** Brings what the leader knows of connections up to date. */
    void register() {
        TreeSet<InstanceRef> connected = new TreeSet<>();
        for (Instance each : instances) if (each.isConnected()) connected.add(each.ref());
        registry = connected;
    }

    boolean isHealed() {
        return healed;
    }

    void heal() {
        healed = true;
    }
}
