package dev.attune.storage.log;

import dev.attune.storage.disk.CrashDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A log on a {@link CrashDisk}, random operations on it, and when each state was asked for and when it was synced. */
final class LogHistory {
    static final Path DIRECTORY = Path.of("/log");

    /** No reserve: a thread of its own would make the order of changes a matter of chance. */
    static final LogOptions OPTIONS = new LogOptions(4096, 0, 512, 0, 20_000);

    final CrashDisk disk = new CrashDisk();
    final LogModel model = new LogModel(this::issued);

    // states.get(k) was asked for when the disk had seen issuedAt.get(k) changes.
    private final List<String> states = new ArrayList<>();
    private final List<Integer> issuedAt = new ArrayList<>();
    // Each pair: the disk's changes when a sync returned, the state that it made durable.
    private final List<int[]> syncs = new ArrayList<>();

    LogHistory() {
        issued();
    }

    private void issued() {
        states.add(model.text());
        issuedAt.add(disk.changeCount());
    }

    FileDurableLog open() throws IOException {
        return FileDurableLog.open(disk, DIRECTORY, OPTIONS);
    }

    /** Does {@code steps} random operations, with a sync after one in three. */
    void run(FileDurableLog log, Random random, int steps) throws IOException {
        for (int i = 0; i < steps; i++) {
            model.step(random, log, random.nextInt(40) == 0 ? 5000 : 160);
            if (random.nextInt(3) == 0) sync(log);
        }
    }

    void sync(FileDurableLog log) throws IOException {
        log.sync();
        syncs.add(new int[] {disk.changeCount(), states.size() - 1});
    }

    /** The states that may be found when the disk stops after {@code changes} of its changes. */
    List<String> possibleAfter(int changes) {
        int from = 0;
        for (int[] sync : syncs) if (sync[0] <= changes) from = sync[1];
        int to = from;
        while (to + 1 < states.size() && issuedAt.get(to + 1) <= changes) to++;
        return states.subList(from, to + 1);
    }
}
