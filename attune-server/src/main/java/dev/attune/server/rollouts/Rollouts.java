package dev.attune.server.rollouts;

import dev.attune.server.audit.Audit;
import dev.attune.server.files.FileBatch;
import dev.attune.server.files.FileWrites;
import dev.attune.server.http.RouteTable;
import dev.attune.server.instances.Instances;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.subscribe.Reach;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Puts a node's rollouts together. */
public final class Rollouts {
    private final RolloutMeters meters = new RolloutMeters();
    private final RolloutNode node;
    private final RolloutService service;
    private final RolloutRoutes routes;

    public Rollouts(RolloutNode.Ground ground, FileWrites writes, Instances instances, Audit audit, GuardCheck guards) {
        Reads reads = new Reads(ground.keyspace());
        Moves moves = new Moves(reads, audit, ground.clock(), meters);
        Enrolment enrolment = new Enrolment(instances, new Reach(ground.keyspace()));
        node = new RolloutNode(ground, moves, enrolment, meters, new Webhooks(meters));
        FileBatch batch = new FileBatch(writes);
        service = new RolloutService(
                reads, batch, audit, ground.clock(), moves, new RolloutService.Around(enrolment, node::moved, guards));
        routes = new RolloutRoutes(service, writes);
    }

    /** Where sessions note who takes part. */
    public Voters voters() {
        return node;
    }

    /** The rollouts that have not ended, as this node sees them. */
    public CompletableFuture<List<RolloutService.Seen>> unfinished() {
        return node.unfinished();
    }

    /** Starts rollouts for the node's other parts, and does what people ask of them. */
    public RolloutService service() {
        return service;
    }

    public RolloutMeters meters() {
        return meters;
    }

    /** Mounts the API and begins to follow. */
    public void mount(RouteTable table) {
        routes.mount(table);
        node.start();
    }
}
