package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a member holds: entries it accepted, up to where they are chosen, and the configuration in force behind that.
 * All open entries are in memory, and as many chosen ones as the options allow.
 */
final class Ledger {
    private final CoreOptions options;
    private final Outbox out;
    private final SlotRing ring;
    private long chosen;
    private Configuration configuration;
    private long configurationSince;
    private long openBytes;
    private long cachedBytes;
    private boolean chosenUnwritten;
    private boolean changeUnwritten;

    Ledger(CoreOptions options, Outbox out, Recovered recovered) {
        this.options = options;
        this.out = out;
        this.chosen = recovered.chosen();
        this.configuration = recovered.configuration();
        this.configurationSince = chosen;
        this.ring = new SlotRing(chosen + 1);
        for (Entry entry : recovered.tail()) {
            ring.put(entry, 0);
            openBytes += entry.bytes();
        }
    }

    /** All slots up to it are chosen. */
    long chosen() {
        return chosen;
    }

    /** The lowest slot in memory; at most one above {@link #chosen()}. */
    long first() {
        return ring.first();
    }

    /** The highest slot with an entry, of whatever ballot. */
    long last() {
        return ring.last();
    }

    Entry get(long slot) {
        return ring.get(slot);
    }

    Configuration configuration() {
        return configuration;
    }

    /** The configuration in force was so behind this slot already. */
    long configurationSince() {
        return configurationSince;
    }

    /** Bytes of all entries that are not chosen yet. */
    long openBytes() {
        return openBytes;
    }

    /** The ballot of the entry at {@code slot}; {@link Ballot#ZERO} when there is none. */
    Ballot ballotAt(long slot) {
        return slot >= ring.first() && slot <= ring.last() ? ring.get(slot).ballot() : Ballot.ZERO;
    }

    /** Accepts an entry behind {@link #chosen()}; nothing happens when it is there in this very ballot. */
    void accept(Entry entry, long proposal) {
        long slot = entry.slot();
        if (slot <= chosen)
            throw new IllegalStateException("slot: " + slot + " (expected: above " + chosen + ", which is chosen)");
        if (slot <= ring.last()) {
            Entry present = ring.get(slot);
            if (present.ballot().equals(entry.ballot())) return;
            openBytes -= present.bytes();
            out.reached(Marker.ENTRY_REPLACED);
        }
        ring.put(entry, proposal);
        openBytes += entry.bytes();
        out.write(new Effects.Write.Append(entry));
    }

    /** All slots up to {@code slot}, which are held, are chosen. */
    void choose(long slot) {
        while (chosen < slot) {
            Entry entry = ring.get(chosen + 1);
            out.chosen(new Effects.Chosen(entry, ring.takeProposal(chosen + 1)));
            chosen++;
            chosenUnwritten = true;
            openBytes -= entry.bytes();
            cachedBytes += entry.bytes();
            Optional<Configuration> change = ConfigurationChain.changeBy(entry, configuration);
            if (change.isPresent()) {
                configuration = change.get();
                configurationSince = chosen;
                changeUnwritten = true;
                out.fact(new Fact.ConfigurationChanged(chosen, configuration));
            } else if (entry.kind() == Entry.Kind.CONFIGURATION) {
                out.reached(Marker.CONFIGURATION_VOID);
            }
        }
        evict();
    }

    private void evict() {
        while (ring.first() <= chosen
                && (chosen - ring.first() + 1 > options.cacheSlots() || cachedBytes > options.cacheBytes())) {
            cachedBytes -= ring.get(ring.first()).bytes();
            ring.dropFirst();
        }
    }

    /** Forgets chosen entries up to {@code slot}, in memory too: followers that lack them are better off with a snapshot. */
    void cut(long slot) {
        out.write(new Effects.Write.CutHead(slot));
        while (ring.first() <= Math.min(slot, chosen)) {
            cachedBytes -= ring.get(ring.first()).bytes();
            ring.dropFirst();
        }
    }

    /** The state up to {@code slot}, which is not known chosen here, came by a snapshot. */
    void install(long slot, Configuration now, Effects.Write cut) {
        for (long open = chosen + 1; open <= Math.min(slot, ring.last()); open++) {
            if (ring.get(open).kind() == Entry.Kind.CONFIGURATION) out.reached(Marker.SNAPSHOT_INSTALLED_DURING_CHANGE);
            openBytes -= ring.get(open).bytes();
        }
        if (ring.last() <= slot) ring.clear(slot + 1);
        while (ring.first() <= slot) ring.dropFirst();
        cachedBytes = 0;
        chosen = slot;
        configuration = now;
        configurationSince = slot;
        chosenUnwritten = true;
        out.write(cut);
        out.reached(
                cut instanceof Effects.Write.CutWitness ? Marker.WITNESS_SKIPPED_SNAPSHOT : Marker.SNAPSHOT_INSTALLED);
    }

    /** Consecutive entries from {@code from} to {@code to} at most, as many as go into one message; at least one. */
    List<Entry> page(long from, long to) {
        List<Entry> entries = new ArrayList<>();
        int bytes = 0;
        for (long slot = from; slot <= to; slot++) {
            Entry entry = ring.get(slot);
            bytes += entry.bytes();
            if (!entries.isEmpty() && bytes > options.messageBytes()) break;
            entries.add(entry);
        }
        return Collections.unmodifiableList(entries);
    }

    /** The proposals of open entries, which are forgotten. */
    List<Long> takeOpenProposals() {
        List<Long> proposals = new ArrayList<>();
        for (long slot = chosen + 1; slot <= ring.last(); slot++) {
            long proposal = ring.takeProposal(slot);
            if (proposal != 0) proposals.add(proposal);
        }
        return proposals;
    }

    /** Has the chosen mark written durably in this step, because somebody will rely on it. */
    void assureChosen() {
        chosenUnwritten = true;
        changeUnwritten = true;
    }

    /**
     * Writes down how far slots are chosen, when that is news and either due or free of cost. A change of members is
     * always due: what this member acknowledges from then on says that it durably knows of it.
     */
    void writeChosen(boolean due) {
        if (!chosenUnwritten || !(due || changeUnwritten || out.hasWrites())) return;
        chosenUnwritten = false;
        out.write(new Effects.Write.SetChosen(chosen, changeUnwritten));
        changeUnwritten = false;
    }
}
