package dev.attune.simulator.client;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.history.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask for: few keys, so that calls meet. Keys come in groups of at most four, and a transaction stays in
 * its group, which bounds the search of the linearizability checker.
 */
public final class Workload {
    private final Chance chance;
    private final int groups;
    private final int keysPerGroup;
    private final int readShare;
    // What was last seen or written under a key by anyone: guards that sometimes hold.
    private final Map<String, String> hints = new HashMap<>();
    private long values;

    public Workload(Chance chance) {
        this.chance = chance;
        groups = 1 + chance.below(4);
        keysPerGroup = 1 + chance.below(4);
        readShare = (int) chance.between(10, 60);
    }

    /** The prefix of one group's keys. */
    public String prefix() {
        return "g" + chance.below(groups) + "/";
    }

    /** The prefix that all keys share. */
    public String all() {
        return "g";
    }

    Action next() {
        String prefix = prefix();
        int kind = chance.below(100);
        if (kind < readShare) {
            if (chance.below(4) == 0) return Action.range(keys(prefix));
            return chance.below(5) == 0 ? Action.staleGet(key(prefix)) : Action.get(key(prefix));
        }
        switch (chance.below(9)) {
            case 0, 1, 2:
                return Action.put(key(prefix), value());
            case 3, 4:
                return Action.delete(key(prefix));
            case 5, 6:
                String key = key(prefix);
                return Action.compareAndSet(key, hints.get(key), value());
            default:
                return transaction(prefix);
        }
    }

    private Action transaction(String prefix) {
        List<Action.Guard> guards = new ArrayList<>();
        List<Action.Write> writes = new ArrayList<>();
        for (String key : keys(prefix)) {
            if (chance.below(3) == 0) guards.add(new Action.Guard(key, hints.get(key)));
            if (chance.below(2) == 0) writes.add(new Action.Write(key, chance.below(5) == 0 ? null : value()));
        }
        if (writes.isEmpty()) writes.add(new Action.Write(key(prefix), value()));
        return Action.transaction(guards, writes);
    }

    void seen(String key, @Nullable String value) {
        if (value == null) hints.remove(key);
        else hints.put(key, value);
    }

    private String value() {
        return "v" + ++values;
    }

    private String key(String prefix) {
        return prefix + chance.below(keysPerGroup);
    }

    private List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < keysPerGroup; i++) keys.add(prefix + i);
        return keys;
    }
}
