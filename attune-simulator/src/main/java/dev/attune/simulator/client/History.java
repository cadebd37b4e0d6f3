package dev.attune.simulator.client;

import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.WatchHistory;
import java.util.ArrayList;
import java.util.List;

/** What all clients and watchers of a run were told. */
public final class History {
    private static final int UNKNOWN_MAX = 10;

    private final List<Call> calls = new ArrayList<>();
    private final List<WatchHistory> watches = new ArrayList<>();
    private int processes;
    private int watchIds;
    private long answered;
    private int unknown;

    int newProcess() {
        return ++processes;
    }

    int newWatch() {
        return ++watchIds;
    }

    void call(int process, long index, Action action, long invokedAt, Completion completion) {
        if (completion instanceof Completion.Ok && !action.stale()) answered++;
        if (completion instanceof Completion.Unknown) unknown++;
        calls.add(new Call(process, index, action, invokedAt, completion));
    }

    void watch(WatchHistory watch) {
        watches.add(watch);
    }

    /**
     * Whether clients may still give up: each call without an end doubles what the search for an order has to try, so
     * only few of a run may be left open.
     */
    boolean mayGiveUp() {
        return unknown < UNKNOWN_MAX;
    }

    /** How many calls were answered, those that take an old state not counted. */
    public long answered() {
        return answered;
    }

    public List<Call> calls() {
        return calls;
    }

    public List<WatchHistory> watches() {
        return watches;
    }
}
