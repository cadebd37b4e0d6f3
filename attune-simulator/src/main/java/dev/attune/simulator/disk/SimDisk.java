package dev.attune.simulator.disk;

import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.time.EventHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One server's disk: the consensus log, the newest snapshot, and a mark that says that part of the log was lost. One
 * sync covers everything written before it began; what comes meanwhile waits for the next.
 */
public final class SimDisk {
    private final EventHeap time;
    private final Chance chance;
    private final long latency;
    private final Consumer<Entry> onDurable;
    private final SimLog<Write> log = new SimLog<>();
    private final NavigableMap<Long, Entry> entries = new TreeMap<>();
    private @Nullable StoredSnapshot snapshot;
    private boolean damageMark;
    private int syncing = -1;
    private int life;
    private long slower;
    private long stall;
    private boolean failNext;
    private boolean full;
    private int forgotten;

    /**
     * @param onDurable hears of each entry once it is durable
     */
    public SimDisk(EventHeap time, Chance chance, Consumer<Entry> onDurable) {
        this.time = time;
        this.chance = chance;
        this.onDurable = onDurable;
        this.latency = chance.between(50, 4_000);
    }

    /** Writes records behind all others. */
    public void write(List<Write> writes) {
        if (full && !writes.isEmpty()) throw new DiskFullException();
        for (Write write : writes) {
            log.write(write);
            index(write);
        }
    }

    /** Whether anything relies on any of the records. */
    public static boolean isReliedOn(List<Write> writes) {
        for (Write write : writes) if (!(write instanceof Write.SetChosen chosen && chosen.mayBeLost())) return true;
        return false;
    }

    private void index(Write write) {
        if (write instanceof Write.Append append) entries.put(append.entry().slot(), append.entry());
        else if (write instanceof Write.CutHead cut) cut(cut.slot());
        else if (write instanceof Write.CutWitness cut) cut(cut.slot());
    }

    private void cut(long slot) {
        entries.headMap(slot, true).clear();
    }

    /** How many records were written. */
    public int written() {
        return forgotten + log.written();
    }

    /** How many records are durable, or pass for it. */
    public int synced() {
        return forgotten + log.synced();
    }

    /**
     * Makes everything written so far durable, unless a sync is already under way.
     *
     * @param done runs when they are
     */
    public void sync(Runnable done, Runnable failed) {
        if (syncing >= 0 || !log.hasUnsynced()) return;
        syncing = log.written();
        int of = life;
        long takes = slower + stall + chance.between(latency / 2, latency * 3 / 2);
        stall = 0;
        time.after(takes, () -> {
            if (of != life) return;
            int target = syncing;
            syncing = -1;
            if (failNext) {
                failNext = false;
                failed.run();
                return;
            }
            markDurable(target);
            done.run();
        });
    }

    private void markDurable(int target) {
        for (int i = log.synced(); i < target; i++) {
            Write write = log.records().get(i);
            if (write instanceof Write.Append append) onDurable.accept(append.entry());
            else if (write instanceof Write.SetSound) damageMark = false;
        }
        log.sync(target);
    }

    /** Whether a sync is under way. */
    public boolean syncing() {
        return syncing >= 0;
    }

    /** How long writing a snapshot of so many bytes takes, in microseconds. */
    public long snapshotTime(int bytes) {
        return slower + chance.between(latency, latency * 8) + bytes / 50;
    }

    /** Puts a snapshot in the place of the one before, durably. */
    public void store(StoredSnapshot taken) {
        if (full) throw new DiskFullException();
        StoredSnapshot before = snapshot;
        if (before == null || before.slot() < taken.slot()) snapshot = taken;
    }

    public @Nullable StoredSnapshot snapshot() {
        return snapshot;
    }

    /** The entries that are not cut, by slot, synced or not. */
    public NavigableMap<Long, Entry> entries() {
        return entries;
    }

    /** The records left, oldest first. */
    public List<Write> records() {
        return log.records();
    }

    /** The records that are durable, oldest first. */
    public List<Write> durableRecords() {
        return log.records().subList(0, log.synced());
    }

    /** Whether part of the log is known to be lost and not yet repaired. */
    public boolean damageMark() {
        return damageMark;
    }

    /** Whether anything is damaged, found or not, and not yet repaired. */
    public boolean isDamaged() {
        return damageMark || log.isRotten();
    }

    /** The process ends. Returns whether anything unsynced was lost. */
    public boolean crash() {
        return end(chance.below(4) > 0);
    }

    /** The machine ends: {@code all} or some of what was not synced is lost. */
    public boolean losePower(boolean all) {
        return end(!all);
    }

    private boolean end(boolean some) {
        life++;
        syncing = -1;
        forgotten = 0;
        int before = log.written();
        int durable = log.synced();
        if (some) log.crash(chance);
        else log.loseUnsynced();
        // What is read back after a start counts as durable: recovery syncs it before it answers anyone.
        for (Write write : log.records().subList(durable, log.written()))
            if (write instanceof Write.Append append) onDurable.accept(append.entry());
        reindex();
        return log.written() < before;
    }

    private void reindex() {
        entries.clear();
        log.records().forEach(this::index);
    }

    /** A durable record rots; returns false when there is none. */
    public boolean rot() {
        if (log.synced() == 0) return false;
        log.rot(chance.below(log.synced()));
        return true;
    }

    /**
     * Reads the log as a start does: when a record is damaged, what lies behind it is lost as well, and a mark says so
     * until the core has repaired its memory. Returns whether damage was found.
     *
     * @param marks whether the mark is set; else the damage passes for a torn tail
     */
    public boolean open(boolean marks) {
        if (log.records().stream().anyMatch(Write.SetSound.class::isInstance)) damageMark = false;
        for (int i = 0; i < log.written(); i++) {
            if (!log.isRotten(i)) continue;
            List<Write> intact = new ArrayList<>(log.records().subList(0, i));
            intact.removeIf(Write.SetSound.class::isInstance);
            log.rewrite(intact);
            damageMark |= marks;
            reindex();
            return true;
        }
        return false;
    }

    /** An empty disk, for a server that had a vote. */
    public void replace() {
        life++;
        syncing = -1;
        log.clear();
        entries.clear();
        snapshot = null;
        damageMark = true;
    }

    /** What was not synced is gone, but passes for synced: what a failed sync leaves to who goes on regardless. */
    public void forgetUnsynced() {
        int before = log.written();
        log.loseUnsynced();
        forgotten += before - log.written();
    }

    /** Each sync takes so much longer, in microseconds. */
    public void slow(long extra) {
        slower = extra;
    }

    /** The next sync takes so much longer. */
    public void stallNext(long extra) {
        stall = extra;
    }

    /** The next sync fails. */
    public void failNext() {
        failNext = true;
    }

    public void setFull(boolean isFull) {
        full = isFull;
    }

    /** Ends the faults that were set. */
    public void heal() {
        slower = 0;
        stall = 0;
        failNext = false;
        full = false;
    }
}
