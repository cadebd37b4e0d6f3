package dev.attune.simulator.mutant;

import dev.attune.consensus.paxos.core.CoreOptions;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Effects.Outgoing;
import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.core.Role;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.world.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The real core with something wrong before, behind or beside it. One instance for each seed. */
abstract class CoreMutant implements Parts {
    @Override
    public Core core(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
        Life life = new Life(Parts.super.core(options, recovered(recovered), jitter), options, recovered);
        return new Core() {
            @Override
            public Effects step(Input input) {
                return CoreMutant.this.step(life, input);
            }

            @Override
            public Configuration configuration() {
                return life.core.configuration();
            }
        };
    }

    /** What the core is told of its disk. */
    Recovered recovered(Recovered found) {
        return found;
    }

    /** Takes one input in the place of the core. */
    Effects step(Life life, Input input) {
        return life.step(input);
    }

    /** The core of one life and what it has said of itself. */
    static final class Life {
        final CoreOptions options;
        final Recovered recovered;
        private final Core core;
        long now;
        long chosen;
        boolean leads;
        // For mutants that remember something.
        long memory = -1;

        private Life(Core core, CoreOptions options, Recovered recovered) {
            this.core = core;
            this.options = options;
            this.recovered = recovered;
        }

        Configuration configuration() {
            return core.configuration();
        }

        Effects step(Input input) {
            if (input instanceof Input.Tick tick) now = tick.nowMillis();
            Effects effects = core.step(input);
            for (Effects.Chosen each : effects.chosen()) chosen = each.entry().slot();
            for (Fact fact : effects.facts())
                if (fact instanceof Fact.RoleChanged changed) leads = changed.role() == Role.LEADER;
            return effects;
        }
    }

    /** One after the other as if they were one. */
    static Effects both(Effects first, Effects second) {
        return new Effects(
                second.step(),
                joined(first.writes(), second.writes()),
                joined(first.sendNow(), second.sendNow()),
                joined(first.sendOnceDurable(), second.sendOnceDurable()),
                joined(first.chosen(), second.chosen()),
                joined(first.facts(), second.facts()));
    }

    static Effects with(Effects effects, List<Write> writes, List<Outgoing> now, List<Outgoing> onceDurable) {
        return new Effects(effects.step(), writes, now, onceDurable, effects.chosen(), effects.facts());
    }

    /** Nothing but a fact. */
    static Effects only(Fact fact) {
        return new Effects(0, List.of(), List.of(), List.of(), List.of(), List.of(fact));
    }

    static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
