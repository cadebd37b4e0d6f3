package dev.attune.simulator.world;

import dev.attune.consensus.paxos.core.ConfigurationChain;
import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.disk.SimDisk;
import dev.attune.simulator.disk.StoredSnapshot;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.reach.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a server does before it takes part again: opens its disk, brings its state up to what it knows chosen. */
final class Recovery {
    private Recovery() {}

    /** The number of the newest configuration of which the server's disk, as it is durable now, says it is chosen. */
    static long knownConfiguration(SimDisk disk, Machine machine) {
        StoredSnapshot snapshot = disk.snapshot();
        long slot = snapshot == null ? 0 : snapshot.slot();
        Configuration configuration = snapshot == null ? machine.initial() : snapshot.configuration();
        long mark = 0;
        SortedMap<Long, Entry> entries = new TreeMap<>();
        for (Write write : disk.durableRecords()) {
            if (write instanceof Write.Append append) {
                entries.put(append.entry().slot(), append.entry());
            } else if (write instanceof Write.SetChosen set) {
                mark = Math.max(mark, set.slot());
            } else if (write instanceof Write.CutWitness cut && cut.slot() > slot) {
                slot = cut.slot();
                configuration = cut.configuration();
            }
        }
        for (Entry entry = entries.get(slot + 1); entry != null && slot < mark; entry = entries.get(slot + 1)) {
            slot++;
            configuration = ConfigurationChain.changeBy(entry, configuration).orElse(configuration);
        }
        return configuration.number();
    }

    static Recovered run(SimDisk disk, Machine machine, Parts parts, Reach reach, long nonce) {
        if (disk.open(parts.reportsDamage())) reach.mark(Marker.DAMAGE_FOUND);
        boolean used = machine.open();
        StoredSnapshot snapshot = disk.snapshot();
        if (snapshot != null && machine.slot() < snapshot.slot()) {
            machine.restore(snapshot);
            used = false;
        }
        long slot = snapshot == null ? 0 : snapshot.slot();
        Configuration configuration = snapshot == null ? machine.initial() : snapshot.configuration();
        Ballot promised = Ballot.ZERO;
        long mark = 0;
        for (Write write : disk.records()) {
            if (write instanceof Write.SetPromised set) {
                promised = set.ballot();
            } else if (write instanceof Write.SetChosen set) {
                mark = Math.max(mark, set.slot());
            } else if (write instanceof Write.CutWitness cut && cut.slot() > slot) {
                slot = cut.slot();
                configuration = cut.configuration();
                machine.begin(slot, configuration);
            }
        }
        // Before a snapshot that the log does not reach by its own word may lie what was never chosen.
        if (snapshot != null && mark < snapshot.slot()) disk.write(List.of(new Write.CutHead(snapshot.slot())));
        boolean replayed = false;
        for (Entry entry = disk.entries().get(slot + 1); entry != null && slot < mark; ) {
            slot++;
            configuration = ConfigurationChain.changeBy(entry, configuration).orElse(configuration);
            if (slot > machine.slot()) {
                machine.apply(entry);
                replayed = true;
            }
            entry = disk.entries().get(slot + 1);
        }
        machine.commit();
        // The state file is not synced and may be ahead; what the log does not say is chosen must be learnt again.
        if (machine.slot() > slot) reach.mark(Marker.STATE_AHEAD_OF_LOG);
        if (used) reach.mark(Marker.STATE_FILE_USED);
        else if (replayed) reach.mark(Marker.STATE_REBUILT);
        List<Entry> tail = new ArrayList<>();
        for (Entry entry = disk.entries().get(slot + 1); entry != null; ) {
            tail.add(entry);
            entry = disk.entries().get(entry.slot() + 1);
        }
        return new Recovered(promised, slot, configuration, tail, disk.damageMark(), nonce);
    }
}
