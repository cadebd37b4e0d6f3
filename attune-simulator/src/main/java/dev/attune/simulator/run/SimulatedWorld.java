package dev.attune.simulator.run;

import dev.attune.simulator.fleet.FleetParts;
import dev.attune.simulator.fleet.FleetSimulation;
import dev.attune.simulator.world.Parts;
import dev.attune.simulator.world.SeedResult;
import dev.attune.simulator.world.Simulation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What can be simulated. */
enum SimulatedWorld {
    /** A cluster, its clients and watchers. */
    CLUSTER("calls", "answered") {
        @Override
        SeedResult run(long seed, @Nullable Consumer<String> lines) {
            return Simulation.run(seed, Parts.real(), lines);
        }
    },
    /** Rollouts over a fleet, on such a cluster. */
    ROLLOUTS("rollouts", "ended") {
        @Override
        SeedResult run(long seed, @Nullable Consumer<String> lines) {
            return FleetSimulation.run(seed, FleetParts.real(), lines);
        }
    };

    private final String things;
    private final String done;

    SimulatedWorld(String things, String done) {
        this.things = things;
        this.done = done;
    }

    /** What a run has many of. */
    String things() {
        return things;
    }

    /** What becomes of them. */
    String done() {
        return done;
    }

    /** The options that run one seed of it again. */
    String again(long seed) {
        return "attune simulate" + (this == CLUSTER ? "" : " --world rollouts") + " --seed " + seed + " --trace";
    }

    abstract SeedResult run(long seed, @Nullable Consumer<String> lines);
}
