package dev.attune.simulator.mutant;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.core.CoreOptions;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Effects.Outgoing;
import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.world.Parts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The exhibits: bugs that were found in other systems, each put into the simulated cluster. Numbers are those of the
 * list of known bugs; those without one are of our own making.
 */
enum Mutant {
    /** 1: answers leave before the log is synced. */
    ACKNOWLEDGES_BEFORE_SYNC(AcknowledgesBeforeSync::new),
    /** 2: a failed sync is taken for a good one. */
    SWALLOWS_SYNC_ERROR(() -> new Parts() {
        @Override
        public boolean stopsOnSyncError() {
            return false;
        }
    }),
    /** 3: which entries are in the state is kept apart from the state, and is ahead after a crash. */
    INDEX_AHEAD_OF_STATE(() -> new Parts() {
        @Override
        public Position positionAfterCrash() {
            return Position.NEWEST;
        }
    }),
    /** 4: a leader counts itself before its own log is synced. */
    COUNTS_ITSELF_BEFORE_SYNC(CountsItselfBeforeSync::new),
    /** 5: damage in the middle of the log is cut like a torn tail. */
    CUTS_DAMAGE_LIKE_A_TORN_TAIL(() -> new Parts() {
        @Override
        public boolean reportsDamage() {
            return false;
        }
    }),
    /** 6: a member with a damaged log votes and leads. */
    VOTES_WITH_DAMAGED_LOG(VotesWithDamagedLog::new),
    /** 7: a read's confirmation is used for the next one as well. */
    REUSES_READ_CONFIRMATION(ReusesReadConfirmation::new),
    /** 8: a leader answers reads without asking a quorum. */
    READS_WITHOUT_QUORUM(ReadsWithoutQuorum::new),
    /** 9: a leader answers reads for as long as its clock says that somebody obeyed lately. */
    READS_BY_CLOCK(ReadsByClock::new),
    /** 10: a promise leaves without being written. */
    FORGETS_PROMISE(ForgetsPromise::new),
    /** 13: an acceptor keeps quiet about what it accepted, so that it is not proposed again. */
    PROMISES_WITHOUT_ACCEPTED(PromisesWithoutAccepted::new),
    /** 14: the promise is not read back after a restart. */
    OBEYS_LOWER_BALLOT_AFTER_RESTART(ObeysLowerBallotAfterRestart::new),
    /** 15: a snapshot lacks the table of requests. */
    SNAPSHOT_WITHOUT_REQUESTS(StoreMutants.SnapshotWithoutRequests::new),
    /** 17: a server that died applies again what its state holds already. */
    APPLIES_AGAIN_AFTER_CRASH(() -> new Parts() {
        @Override
        public Position positionAfterCrash() {
            return Position.SYNCED;
        }
    }),
    /** 18: a server that died after a compaction answers with revisions that fell. */
    REVISION_FALLS_AFTER_COMPACTION(StoreMutants.RevisionFalls::new),
    /** 22: a delete at the compacted revision is lost to those who read history. */
    LOSES_DELETES_AT_COMPACTION(WatchMutants.LosesDeletes::new),
    /** 19, 40: what finds no room in a watcher's queue is dropped. */
    DROPS_EVENTS_WHEN_FULL(WatchMutants.DropsWhenFull::new),
    /** 20: a watch goes back. */
    WATCH_GOES_BACK(WatchMutants.GoesBack::new),
    /** 21: a progress mark overtakes the events it speaks of. */
    MARK_BEFORE_EVENTS(WatchMutants.MarkBeforeEvents::new),
    /** 23: a watch that starts in the future is given what comes before. */
    FUTURE_WATCH_STARTS_NOW(WatchMutants.FutureStartsNow::new),
    /** 24: an event is delivered twice. */
    EVENT_TWICE(WatchMutants.EventTwice::new),
    /** 26: a watch that resumes in the past starts now. */
    RESUMED_WATCH_STARTS_NOW(WatchMutants.ResumedStartsNow::new),
    /** W4: the events of one revision come as two. */
    SPLITS_A_REVISION(WatchMutants.SplitsRevision::new),
    /** 27: a client repeats a write without its request id. */
    REPEATS_WITHOUT_ID(StoreMutants.RepeatsWithoutId::new),
    /** 28: a client reports a time-out as a failure. */
    REPORTS_TIMEOUT_AS_FAILURE(() -> new Parts() {
        @Override
        public boolean admitsNotKnowing() {
            return false;
        }
    }),
    /** 37: after a restart members that were removed count again. */
    COUNTS_REMOVED_MEMBERS(CountsRemovedMembers::new),
    /** 38: applying depends on where it is done. */
    APPLIES_DIFFERENTLY(StoreMutants.AppliesDifferently::new),
    /** 39: the log is cut for a snapshot that is not durable. */
    CUTS_BEFORE_SNAPSHOT_IS_DURABLE(CutsBeforeSnapshotIsDurable::new),
    /** A leader's clock for leases runs ahead. */
    HURRIES_LEASES(LeaseMutants.HurriesLeases::new),
    /** A leader keeps leases alive without asking a quorum whether it still leads. */
    KEEPS_ALIVE_WITHOUT_QUORUM(() -> new Parts() {
        @Override
        public boolean confirmsKeepAlive() {
            return false;
        }
    }),
    /** One acceptance counts as two. */
    COUNTS_ONE_ACCEPTANCE_TWICE(CountsOneAcceptanceTwice::new),
    /** A proposer takes the promised value of the lowest ballot instead of the highest. */
    TAKES_LOWEST_BALLOT(TakesLowestBallot::new);

    @SuppressWarnings("ImmutableEnumChecker") // a constructor reference
    private final Supplier<Parts> parts;

    Mutant(Supplier<Parts> parts) {
        this.parts = parts;
    }

    /** For one seed. */
    Parts parts() {
        return parts.get();
    }

    private static final class AcknowledgesBeforeSync extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            return with(effects, effects.writes(), joined(effects.sendNow(), effects.sendOnceDurable()), List.of());
        }
    }

    private static final class CountsItselfBeforeSync extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            return effects.writes().isEmpty() ? effects : both(effects, life.step(new Input.Persisted(effects.step())));
        }
    }

    private static final class VotesWithDamagedLog extends CoreMutant {
        @Override
        Recovered recovered(Recovered found) {
            return new Recovered(
                    found.promised(), found.chosen(), found.configuration(), found.tail(), false, found.nonce());
        }

        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            if (life.memory >= 0) return effects;
            life.memory = 0;
            // So that the disk believes it, too.
            List<Write> sound = joined(effects.writes(), List.of(new Write.SetSound()));
            return with(effects, sound, effects.sendNow(), effects.sendOnceDurable());
        }
    }

    private static final class ReusesReadConfirmation extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            if (input instanceof Input.ReadRequested read && life.memory >= 0) {
                Effects reused = only(new Fact.ReadReady(read.id(), life.memory));
                life.memory = -1;
                return reused;
            }
            Effects effects = life.step(input);
            for (Fact fact : effects.facts()) if (fact instanceof Fact.ReadReady ready) life.memory = ready.slot();
            return effects;
        }
    }

    private static final class ReadsWithoutQuorum extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            return input instanceof Input.ReadRequested read && life.leads
                    ? only(new Fact.ReadReady(read.id(), life.chosen))
                    : life.step(input);
        }
    }

    private static final class ReadsByClock extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            if (input instanceof Input.Received received && received.message() instanceof Message.Accepted)
                life.memory = life.now;
            boolean obeyed = life.memory >= 0 && life.now - life.memory < life.options.electionMillis();
            return input instanceof Input.ReadRequested read && life.leads && obeyed
                    ? only(new Fact.ReadReady(read.id(), life.chosen))
                    : life.step(input);
        }
    }

    private static final class ForgetsPromise extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            List<Write> writes = new ArrayList<>(effects.writes());
            writes.removeIf(Write.SetPromised.class::isInstance);
            return with(effects, writes, effects.sendNow(), effects.sendOnceDurable());
        }
    }

    private static final class PromisesWithoutAccepted extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            List<Outgoing> onceDurable = new ArrayList<>();
            for (Outgoing each : effects.sendOnceDurable()) {
                onceDurable.add(
                        each.message() instanceof Message.Promise promise
                                ? new Outgoing(
                                        each.to(),
                                        new Message.Promise(
                                                promise.ballot(),
                                                promise.from(),
                                                promise.chosen(),
                                                promise.from() - 1,
                                                List.of()))
                                : each);
            }
            return with(effects, effects.writes(), effects.sendNow(), onceDurable);
        }
    }

    private static final class ObeysLowerBallotAfterRestart extends CoreMutant {
        @Override
        Recovered recovered(Recovered found) {
            return new Recovered(
                    Ballot.ZERO, found.chosen(), found.configuration(), found.tail(), found.damaged(), found.nonce());
        }
    }

    private static final class CountsRemovedMembers extends CoreMutant {
        private final Map<MemberId, Configuration> firsts = new HashMap<>();

        @Override
        public Core core(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
            Configuration first = firsts.computeIfAbsent(options.self(), id -> recovered.configuration());
            if (first.voters().isEmpty()) return super.core(options, recovered, jitter);
            Recovered forgotten = new Recovered(
                    recovered.promised(),
                    recovered.chosen(),
                    first,
                    recovered.tail(),
                    recovered.damaged(),
                    recovered.nonce());
            return super.core(options, forgotten, jitter);
        }
    }

    private static final class CutsBeforeSnapshotIsDurable extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            if (life.chosen < life.memory + 10) return effects;
            life.memory = life.chosen;
            return both(effects, life.step(new Input.SnapshotTaken(life.chosen, life.chosen)));
        }
    }

    private static final class CountsOneAcceptanceTwice extends CoreMutant {
        @Override
        Effects step(Life life, Input input) {
            Effects effects = life.step(input);
            if (!(input instanceof Input.Received received) || !(received.message() instanceof Message.Accepted))
                return effects;
            for (MemberId other : life.configuration().voters()) {
                if (other.equals(received.from()) || other.equals(life.options.self())) continue;
                return both(effects, life.step(new Input.Received(other, received.message())));
            }
            return effects;
        }
    }

    private static final class TakesLowestBallot extends CoreMutant {
        private static final long ROUNDS = 1L << 40;

        // What each life holds itself, by slot: it takes part in the choice.
        private final Map<Life, Map<Long, Entry>> held = new HashMap<>();

        @Override
        Effects step(Life life, Input input) {
            Map<Long, Entry> own = held.computeIfAbsent(life, TakesLowestBallot::tail);
            Effects effects = life.step(
                    input instanceof Input.Received received && received.message() instanceof Message.Promise promise
                            ? new Input.Received(received.from(), turned(promise, own))
                            : input);
            for (Write write : effects.writes())
                if (write instanceof Write.Append append) own.put(append.entry().slot(), append.entry());
            return effects;
        }

        private static Map<Long, Entry> tail(Life life) {
            Map<Long, Entry> own = new HashMap<>();
            for (Entry entry : life.recovered.tail()) own.put(entry.slot(), entry);
            return own;
        }

        /** The same promise, its ballots such that the lowest passes for the highest. */
        private static Message.Promise turned(Message.Promise promise, Map<Long, Entry> own) {
            List<Entry> entries = new ArrayList<>();
            for (Entry told : promise.entries()) {
                Entry mine = own.get(told.slot());
                Entry lowest = mine != null && mine.ballot().compareTo(told.ballot()) < 0 ? mine : told;
                entries.add(lowest.in(new Ballot(ROUNDS - lowest.ballot().round(), "a")));
            }
            return new Message.Promise(promise.ballot(), promise.from(), promise.chosen(), promise.last(), entries);
        }
    }
}
