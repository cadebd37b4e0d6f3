package dev.attune.simulator.world;

import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;

/** Runs one seed: what it is about happens under faults, then without them until all is well, and is then judged. */
public final class SeedRun {
    private static final long SLICE = 50_000;

    private SeedRun() {}

    /** What happens in a seed. All of it may throw {@link BrokenInvariant}. */
    public interface Course {
        /** Begins, faults included. */
        void start();

        /** Ends the faults for good. */
        void heal();

        /** What is missing until all is well, looked at now and then after healing; empty when nothing is. */
        String missing();

        /** What is broken when something is missing to the end. */
        Invariant unmet();

        /** Judges what happened. */
        void judge();

        /** How much happened. */
        SeedResult.Figures figures();
    }

    /**
     * How long it takes, in microseconds of virtual time.
     *
     * @param faults for how long faults happen
     * @param end how soon after them all must be well
     */
    public record Times(long faults, long end) {}

    /** Runs the seed. */
    public static SeedResult run(long seed, EventHeap time, Trace trace, Times times, Course course) {
        BrokenInvariant failure = null;
        try {
            play(time, trace, times, course);
        } catch (BrokenInvariant e) {
            failure = e;
        } catch (RuntimeException e) {
            // Whatever the parts under test throw is a finding of this seed, and not the end of the others.
            failure = new BrokenInvariant(Invariant.NO_EXCEPTION, e.toString(), e);
        }
        return new SeedResult(seed, failure, trace.last(), trace.hash(), course.figures());
    }

    private static void play(EventHeap time, Trace trace, Times times, Course course) {
        course.start();
        while (time.step(times.faults)) {
            // Until faults end.
        }
        course.heal();
        trace.note("world", "healed", 0, 0);
        awaitEnd(time, times, course);
        course.judge();
    }

    private static void awaitEnd(EventHeap time, Times times, Course course) {
        long deadline = time.now() + times.end;
        String missing = "nothing was done";
        while (time.now() < deadline) {
            long until = time.now() + SLICE;
            time.after(SLICE, () -> {});
            while (time.step(until)) {
                // Until the slice ends.
            }
            missing = course.missing();
            if (missing.isEmpty()) return;
        }
        throw new BrokenInvariant(course.unmet(), missing + ", " + times.end / 1_000_000 + " s after all faults ended");
    }
}
