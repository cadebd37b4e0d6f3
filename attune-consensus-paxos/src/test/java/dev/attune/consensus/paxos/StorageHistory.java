package dev.attune.consensus.paxos;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.storage.disk.CrashDisk;
import dev.attune.storage.disk.Disk;
import dev.attune.storage.log.DurableLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.log.LogRecord;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a member writes to its disk in a random life, and what may be found there when the disk stops at any moment: the
 * records of all steps that were synced, and of those after them the first few.
 */
final class StorageHistory {
    static final Path DIRECTORY = Path.of("/member");
    static final Configuration INITIAL =
            Configuration.initial(Membership.voters(new MemberId("a"), new MemberId("b"), new MemberId("c")));
    // No reserve: a thread of its own would make the order of changes a matter of chance.
    private static final LogOptions OPTIONS = new LogOptions(4096, 0, 512, 0, 20_000);

    final CrashDisk disk = new CrashDisk();
    private final Random random;
    private final boolean witness;
    private final List<String> states = new ArrayList<>();
    private final List<Integer> issuedAt = new ArrayList<>();
    // Each pair: how many changes the disk had seen when a write had returned, and the state that it made durable.
    private final List<int[]> synced = new ArrayList<>();
    private final Image image = new Image();
    // What the next records are drawn from; the image follows when they are written.
    private Ballot promised = Ballot.ZERO;
    private long last;
    private long chosen;
    private long snapshot;
    private Configuration configuration = INITIAL;

    StorageHistory(long seed, boolean witness) {
        this.random = new Random(seed);
        this.witness = witness;
        issued();
    }

    /** The records' effect, in memory. */
    private static final class Image {
        private final TreeMap<Long, Entry> entries = new TreeMap<>();
        private Ballot promised = Ballot.ZERO;
        private long mark;
        private long base;
        private long first = 1;
        private long last;

        String text() {
            return StorageHistory.text(promised, mark, base, first, last, entries);
        }

        void forgetThrough(long slot) {
            first = Math.max(first, slot + 1);
            last = Math.max(last, slot);
            entries.headMap(slot, true).clear();
        }
    }

    /** The member's files on a disk. */
    record Files(DurableLog log, SnapshotFiles snapshots, MemberStorage storage) implements AutoCloseable {
        static Files open(Disk disk) throws IOException {
            SnapshotFiles snapshots = SnapshotFiles.open(disk, DIRECTORY);
            DurableLog log = FileDurableLog.open(disk, DIRECTORY, OPTIONS);
            return new Files(log, snapshots, new MemberStorage(DIRECTORY, log, snapshots, false));
        }

        /** All that the log holds. */
        String text() throws IOException {
            TreeMap<Long, Entry> found = new TreeMap<>();
            DurableLog.Bounds bounds = log.bounds();
            for (long slot = bounds.first(); slot <= bounds.last(); slot++) {
                LogRecord record = log.read(slot);
                if (record == null) throw new IOException("no entry " + slot + " in " + bounds);
                found.put(slot, RecordCodec.decode(record));
            }
            byte[] promise = log.register(MemberStorage.PROMISED);
            byte[] mark = log.register(MemberStorage.CHOSEN);
            byte[] base = log.register(MemberStorage.BASE);
            return StorageHistory.text(
                    promise == null ? Ballot.ZERO : RecordCodec.ballot(promise),
                    mark == null ? 0 : RecordCodec.slot(mark),
                    base == null ? 0 : RecordCodec.base(base).slot(),
                    bounds.first(),
                    bounds.last(),
                    found);
        }

        @Override
        public void close() throws IOException {
            storage.close();
        }
    }

    private static String text(Ballot promised, long mark, long base, long first, long last, Map<Long, Entry> entries) {
        StringBuilder text = new StringBuilder();
        text.append("promised ").append(promised).append(" chosen ").append(mark);
        text.append(" base ")
                .append(base)
                .append(" from ")
                .append(first)
                .append(" to ")
                .append(last);
        entries.forEach((slot, entry) -> text.append(' ')
                .append(slot)
                .append(entry.ballot())
                .append(entry.kind())
                .append(java.util.Arrays.hashCode(entry.value())));
        return text.toString();
    }

    private void issued() {
        states.add(image.text());
        issuedAt.add(disk.changeCount());
    }

    /** The states that may be found when the disk stops after {@code changes} of its changes. */
    List<String> possibleAfter(int changes) {
        int from = 0;
        for (int[] each : synced) if (each[0] <= changes) from = each[1];
        int to = from;
        while (to + 1 < states.size() && issuedAt.get(to + 1) <= changes) to++;
        return states.subList(from, to + 1);
    }

    /** Takes so many steps. */
    void run(Files files, int steps) throws IOException {
        for (int i = 0; i < steps; i++) step(files);
    }

    private void step(Files files) throws IOException {
        List<Write> writes = new ArrayList<>();
        switch (random.nextInt(8)) {
            case 0 -> promise(writes);
            case 1 -> choose(writes);
            case 2 -> forget(files, writes);
            case 3 -> replaceTail(writes);
            default -> {
                if (random.nextInt(5) == 0) promise(writes);
                for (int i = random.nextInt(4); i >= 0; i--) append(writes, last + 1);
                if (random.nextBoolean()) choose(writes);
            }
        }
        write(files, writes);
    }

    private void promise(List<Write> writes) {
        writes.add(new Write.SetPromised(new Ballot(promised.round() + 1 + random.nextInt(3), "b")));
        promised = ((Write.SetPromised) writes.get(writes.size() - 1)).ballot();
    }

    private void append(List<Write> writes, long slot) {
        if (promised.equals(Ballot.ZERO)) promise(writes);
        boolean change = random.nextInt(12) == 0;
        byte[] value = new byte[random.nextInt(40) == 0 ? 5_000 : random.nextInt(90)];
        random.nextBytes(value);
        writes.add(new Write.Append(new Entry(
                slot,
                promised,
                change ? Entry.Kind.CONFIGURATION : Entry.Kind.COMMAND,
                change ? ConfigurationCodec.encode(configuration) : value)));
        last = Math.max(last, slot);
    }

    /** A new leader's ballot goes over what was open. */
    private void replaceTail(List<Write> writes) {
        long open = last;
        promise(writes);
        for (long slot = chosen + 1; slot <= open; slot++) append(writes, slot);
    }

    private void choose(List<Write> writes) {
        if (chosen == last) return;
        chosen += 1 + random.nextLong(last - chosen);
        writes.add(new Write.SetChosen(chosen, random.nextInt(4) == 0));
    }

    private void forget(Files files, List<Write> writes) throws IOException {
        if (chosen < image.first) return;
        long through = image.first + random.nextLong(chosen - image.first + 1);
        if (witness) {
            writes.add(new Write.CutWitness(through, configuration));
            return;
        }
        // Only what is durable in the log is applied, and only that goes into a snapshot.
        List<Write> before = new ArrayList<>();
        promise(before);
        write(files, before);
        if (chosen > snapshot) {
            snapshot = chosen;
            files.snapshots().write(new SnapshotHeader("test", snapshot, 1), out -> {
                MemberStorage.configuration(configuration, out);
                out.write(new byte[random.nextInt(600)]);
            });
        }
        writes.add(new Write.CutHead(Math.min(through, snapshot)));
    }

    /** Notes the state behind each record, then has all of them written. */
    private void write(Files files, List<Write> writes) throws IOException {
        boolean relied = false;
        for (Write write : writes) {
            note(write);
            relied |= !(write instanceof Write.SetChosen mark && mark.mayBeLost());
        }
        files.storage().write(writes);
        if (relied) synced.add(new int[] {disk.changeCount(), states.size() - 1});
    }

    private void note(Write write) {
        if (write instanceof Write.SetPromised set) {
            image.promised = set.ballot();
        } else if (write instanceof Write.Append append) {
            image.entries.put(append.entry().slot(), append.entry());
            image.last = Math.max(image.last, append.entry().slot());
        } else if (write instanceof Write.SetChosen mark) {
            image.mark = mark.slot();
        } else if (write instanceof Write.CutHead cut) {
            image.forgetThrough(cut.slot());
        } else if (write instanceof Write.CutWitness cut) {
            image.base = cut.slot();
            issued();
            image.forgetThrough(cut.slot());
        }
        issued();
    }
}
