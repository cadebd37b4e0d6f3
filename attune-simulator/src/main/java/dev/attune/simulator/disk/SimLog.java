package dev.attune.simulator.disk;

import dev.attune.simulator.chance.Chance;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * An append-only log of records and what a crash leaves of it. Records are checksummed and chained in the real log, so
 * here a record is read back whole, is missing with all behind it, or is known to be damaged; never altered unnoticed.
 */
public final class SimLog<R> {
    private final List<R> records = new ArrayList<>();
    private final BitSet rotten = new BitSet();
    private int synced;

    /** Adds a record; it is durable after a {@link #sync}. */
    public void write(R written) {
        records.add(written);
    }

    /** How many records were written. */
    public int written() {
        return records.size();
    }

    /** How many of them are durable. */
    public int synced() {
        return synced;
    }

    /** The first {@code count} records are durable now. */
    public void sync(int count) {
        synced = Math.max(synced, count);
    }

    /**
     * Ends the process: what it had not yet handed to the system is gone, a random part of what was not synced. The
     * rest is read back as if it were durable.
     */
    public void crash(Chance chance) {
        keep((int) chance.between(synced, records.size()));
    }

    /** A power loss that takes everything that was not synced. */
    public void loseUnsynced() {
        keep(synced);
    }

    /** Says whether there is anything a crash could take. */
    public boolean hasUnsynced() {
        return synced < records.size();
    }

    private void keep(int count) {
        while (records.size() > count) records.remove(records.size() - 1);
        synced = count;
    }

    /** A durable record rots. */
    public void rot(int index) {
        rotten.set(index);
    }

    /** The records left, oldest first. */
    public List<R> records() {
        return records;
    }

    /** Whether the record at {@code index} is damaged. */
    public boolean isRotten(int index) {
        return rotten.get(index);
    }

    /** Whether any record is damaged. */
    public boolean isRotten() {
        return !rotten.isEmpty();
    }

    /** Forgets everything, as a new disk has. */
    public void clear() {
        records.clear();
        rotten.clear();
        synced = 0;
    }

    /** Replaces everything by {@code kept}, durably: how the log is cut behind a snapshot. */
    public void rewrite(List<R> kept) {
        List<R> copy = List.copyOf(kept);
        clear();
        records.addAll(copy);
        synced = records.size();
    }
}
