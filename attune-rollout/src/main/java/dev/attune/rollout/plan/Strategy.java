package dev.attune.rollout.plan;

import java.util.List;

/** How a release reaches the instances. */
public sealed interface Strategy {
    <R> R match(Cases<R> cases);

    /** One branch per kind, so that a new kind fails to compile until every reader handles it. */
    interface Cases<R> {
        R atomic(Atomic atomic);

        R progressive(Progressive progressive);

        R immediate(Immediate immediate);
    }

    /** How long the instances have to go back. */
    long undoMillis();

    /** How long the instances have to report that the release is in force once it is everyone's. */
    long applyMillis();

    /**
     * All at once or not at all: three-phase commit.
     *
     * @param quorum how many must go along at each phase
     */
    record Atomic(Quorum quorum, Deadlines deadlines) implements Strategy {
        @Override
        public long undoMillis() {
            return deadlines.undoMillis();
        }

        @Override
        public long applyMillis() {
            return deadlines.applyMillis();
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.atomic(this);
        }
    }

    /**
     * Stage by stage.
     *
     * @param stages one after the other; a cohort never shrinks, and after the last stage the release is everyone's
     * @param tolerance how many may go wrong
     * @param applyMillis how long a stage's cohort has to report
     * @param verdictMillis how long a judge has after everything else is well
     * @param undecided what follows when it could not tell by then
     * @param undoMillis how long the way back may take
     */
    record Progressive(
            List<Stage> stages,
            Tolerance tolerance,
            long applyMillis,
            long verdictMillis,
            Undecided undecided,
            long undoMillis)
            implements Strategy {
        /** Most stages. */
        public static final int STAGES_MAX = 32;

        /** What follows when a judge cannot tell in time. */
        public enum Undecided {
            /** The rollout is paused: someone has to look. */
            PAUSE,
            /** It goes back. */
            UNDO
        }

        /** One that is paused when a judge cannot tell. */
        public Progressive(
                List<Stage> stages, Tolerance tolerance, long applyMillis, long verdictMillis, long undoMillis) {
            this(stages, tolerance, applyMillis, verdictMillis, Undecided.PAUSE, undoMillis);
        }

        public Progressive {
            stages = List.copyOf(stages);
            if (stages.isEmpty() || stages.size() > STAGES_MAX)
                throw new IllegalArgumentException("stages: " + stages.size() + " (expected: 1.." + STAGES_MAX + ")");
            Deadlines.requireMillis("applyMillis", 1, applyMillis);
            Deadlines.requireMillis("verdictMillis", 1, verdictMillis);
            Deadlines.requireMillis("undoMillis", 1, undoMillis);
        }

        /** Most instances of {@code targets} that have the release in stage {@code index}: never fewer than before it. */
        public int limit(int index, int targets) {
            int most = 0;
            for (Stage each : stages.subList(0, index + 1)) most = Math.max(most, each.limit(targets));
            return most;
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.progressive(this);
        }
    }

    /**
     * Everyone at once, as without a rollout; what the instances say is counted, and turns nothing round.
     *
     * @param applyMillis how long they have to say it
     * @param undoMillis how long the way back may take when someone aborts it
     */
    record Immediate(long applyMillis, long undoMillis) implements Strategy {
        public Immediate {
            Deadlines.requireMillis("applyMillis", 1, applyMillis);
            Deadlines.requireMillis("undoMillis", 1, undoMillis);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.immediate(this);
        }
    }

    /**
     * How many instances of a progressive rollout may go wrong before it goes back by itself.
     *
     * @param lostMax most that may be lost
     * @param refusedMax most that may reject it or fail
     */
    record Tolerance(int lostMax, int refusedMax) {
        /** Nobody. */
        public static final Tolerance NONE = new Tolerance(0, 0);

        public Tolerance {
            if (lostMax < 0) throw new IllegalArgumentException("lostMax: " + lostMax + " (expected: >= 0)");
            if (refusedMax < 0) throw new IllegalArgumentException("refusedMax: " + refusedMax + " (expected: >= 0)");
        }
    }
}
