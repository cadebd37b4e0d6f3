package dev.attune.simulator.run;

import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.world.SeedResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What the seeds of a campaign came to. Safe to use from several threads. */
public final class Summary {
    private final FaultCounts faults = new FaultCounts();
    private final Reach reach = new Reach();
    private final List<SeedResult> failures = new ArrayList<>();
    private long seeds;
    private long events;
    private long virtualMicros;
    private long calls;
    private long answered;
    private long chosen;
    private long undecided;

    /** Adds one seed's result; returns how many seeds have failed so far. */
    synchronized int add(SeedResult result) {
        SeedResult.Figures figures = result.figures();
        seeds++;
        events += figures.events();
        virtualMicros += figures.virtualMicros();
        calls += figures.calls();
        answered += figures.answered();
        chosen += figures.chosen();
        if (figures.undecided()) undecided++;
        faults.add(figures.faults());
        reach.add(figures.reach());
        if (!result.passed()) failures.add(result);
        return failures.size();
    }

    public synchronized long seeds() {
        return seeds;
    }

    public synchronized long events() {
        return events;
    }

    public synchronized long virtualSeconds() {
        return virtualMicros / 1_000_000;
    }

    public synchronized long calls() {
        return calls;
    }

    public synchronized long answered() {
        return answered;
    }

    /** How many positions of the log were chosen. */
    public synchronized long chosen() {
        return chosen;
    }

    /** How many seeds' calls have not been proven linearizable, because the search ran out of steps. */
    public synchronized long undecided() {
        return undecided;
    }

    public synchronized long faultTotal() {
        return faults.total();
    }

    public synchronized Map<FaultKind, Long> faults() {
        return faults.all();
    }

    public synchronized Map<String, Long> reached() {
        return reach.all();
    }

    public synchronized List<String> unreached() {
        return reach.unreached();
    }

    /** The failed seeds, lowest first. */
    public synchronized List<SeedResult> failures() {
        List<SeedResult> sorted = new ArrayList<>(failures);
        sorted.sort(Comparator.comparingLong(SeedResult::seed));
        return sorted;
    }
}
