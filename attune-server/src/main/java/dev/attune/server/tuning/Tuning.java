package dev.attune.server.tuning;

import dev.attune.consensus.LogStatus;
import dev.attune.server.audit.Audit;
import dev.attune.server.files.FileBatch;
import dev.attune.server.files.FileWrites;
import dev.attune.server.http.RouteTable;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.server.rollouts.RolloutService;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Puts a node's tuning together. */
public final class Tuning {
    private final TuneMeters meters = new TuneMeters();
    private final TuningHost host;
    private final TuneRoutes routes;
    private final Switches switches;

    /**
     * What tuning stands on.
     *
     * @param workers runs what takes a moment
     * @param status this member's view of the log
     */
    public record Base(
            Keyspace keyspace,
            Executor workers,
            FileWrites writes,
            RolloutService rollouts,
            Audit audit,
            PolicySignals signals,
            Supplier<LogStatus> status,
            Clock clock) {}

    public Tuning(Base base) {
        Reads reads = new Reads(new AsideKeyspace(base.keyspace(), base.workers()));
        PolicyShelf shelf = base.writes().shelf();
        Ground ground = new Ground(
                reads,
                new Releases(new FileBatch(base.writes())),
                base.rollouts(),
                base.audit(),
                base.signals(),
                shelf,
                meters,
                base.clock());
        TuneView views = new TuneView(reads, shelf);
        TuneActs acts = new TuneActs(ground, views);
        TuneLab lab = new TuneLab(ground, views, base.writes().policies());
        host = new TuningHost(ground, base.status());
        routes = new TuneRoutes(views, acts, lab, new Timeline(reads, views), base.clock());
        switches = new Switches(acts, base.writes());
    }

    public void mount(RouteTable table) {
        routes.mount(table);
        switches.mount(table);
    }

    /** One look at what is due; to be called about once a second while this node leads, never twice at a time. */
    public CompletableFuture<Void> turn() {
        return host.turn();
    }

    public TuneMeters meters() {
        return meters;
    }
}
