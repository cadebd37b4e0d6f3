package dev.attune.storage.disk;

import dev.attune.storage.disk.CrashDisk.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a power cut after some change of a {@link CrashDisk} may leave. Forced content and synced names are there; of
 * the rest anything may be: file systems write back pages and names in any order.
 */
public final class Crash {
    private static final int SECTOR_BYTES = 512;

    private final List<Change> changes;
    private final List<byte[]> durable = new ArrayList<>();
    private final List<Change> pending = new ArrayList<>();
    private Map<Path, Integer> names = new TreeMap<>();
    private int at;

    public Crash(CrashDisk disk) {
        changes = disk.changes();
        disk.start().forEach((path, bytes) -> {
            names.put(path, durable.size());
            durable.add(bytes.clone());
        });
    }

    /** What becomes of what was not synced. */
    public enum Loss {
        /** All of it is lost. */
        ALL,
        /** Nothing is lost: the process died, the machine did not. */
        NOTHING,
        /** Its end is lost, the last write that arrived is torn. */
        END,
        /** Each sector and each name arrived or not, in any order. */
        ANY
    }

    /** How many changes there are at the most. */
    public int end() {
        return changes.size();
    }

    /** Goes on to the moment after the {@code count}-th change. */
    public void goTo(int count) {
        while (at < count) take(changes.get(at++));
    }

    private void take(Change change) {
        if (change instanceof Change.Create create) {
            while (durable.size() <= create.file()) durable.add(new byte[0]);
        }
        if (change instanceof Change.Force force) {
            pending.removeIf(each -> {
                if (!(each instanceof Change.Write write) || write.file() != force.file()) return false;
                apply(write, durable, write.bytes().length);
                return true;
            });
        } else if (change instanceof Change.SyncNames) {
            pending.removeIf(each -> {
                if (each instanceof Change.Write) return false;
                names = renamed(names, each);
                return true;
            });
        } else {
            pending.add(change);
        }
    }

    /** The files that are found after the machine came up again. */
    public Map<Path, byte[]> image(Loss loss, Random random) {
        List<byte[]> contents = new ArrayList<>();
        for (byte[] each : durable) contents.add(each.clone());
        Map<Path, Integer> found = names;
        int kept = loss == Loss.END ? random.nextInt(pending.size() + 1) : loss == Loss.ALL ? 0 : pending.size();
        for (int i = 0; i < kept; i++) {
            Change change = pending.get(i);
            if (change instanceof Change.Write write) {
                boolean last = loss == Loss.END && i == kept - 1;
                if (loss == Loss.ANY) continue;
                apply(write, contents, last ? random.nextInt(write.bytes().length + 1) : write.bytes().length);
            } else if (loss != Loss.ANY || random.nextBoolean()) {
                found = renamed(found, change);
            }
        }
        if (loss == Loss.ANY) scatter(contents, random);
        Map<Path, byte[]> files = new TreeMap<>();
        found.forEach((path, file) -> files.put(path, contents.get(file)));
        return files;
    }

    /** Gives each sector that was written the content after some of its writes. */
    private void scatter(List<byte[]> contents, Random random) {
        Map<Integer, List<Change.Write>> byFile = new TreeMap<>();
        for (Change change : pending) {
            if (change instanceof Change.Write write)
                byFile.computeIfAbsent(write.file(), file -> new ArrayList<>()).add(write);
        }
        byFile.forEach((file, writes) -> {
            TreeSet<Integer> sectors = new TreeSet<>();
            for (Change.Write write : writes) {
                int end = (int) write.position() + write.bytes().length;
                for (int sector = (int) write.position() / SECTOR_BYTES; sector * SECTOR_BYTES < end; sector++)
                    sectors.add(sector);
            }
            for (int sector : sectors) {
                int versions = random.nextInt(writes.size() + 1);
                for (int i = 0; i < versions; i++) applySector(writes.get(i), sector, contents);
            }
        });
    }

    private static void applySector(Change.Write write, int sector, List<byte[]> contents) {
        int from = Math.max((int) write.position(), sector * SECTOR_BYTES);
        int to = Math.min((int) write.position() + write.bytes().length, (sector + 1) * SECTOR_BYTES);
        if (from >= to) return;
        int start = from - (int) write.position();
        byte[] part = Arrays.copyOfRange(write.bytes(), start, start + to - from);
        contents.set(write.file(), CrashDisk.overwrite(contents.get(write.file()), from, part, part.length));
    }

    private static void apply(Change.Write write, List<byte[]> contents, int count) {
        contents.set(
                write.file(), CrashDisk.overwrite(contents.get(write.file()), write.position(), write.bytes(), count));
    }

    private static Map<Path, Integer> renamed(Map<Path, Integer> names, Change change) {
        Map<Path, Integer> after = new TreeMap<>(names);
        if (change instanceof Change.Create create) {
            after.put(create.path(), create.file());
        } else if (change instanceof Change.Rename rename) {
            after.remove(rename.from());
            after.put(rename.to(), rename.file());
        } else if (change instanceof Change.Delete delete) {
            after.remove(delete.path());
        }
        return after;
    }
}
