package dev.attune.storage.revisions;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A synced word beside the store: {@code clean}, or the boot of the machine under which it is open.
 *
 * <p>Idea: what a process wrote before it died is still there as long as the machine runs on, in order and whole. Once
 * the machine itself went down, any part of what was not synced may be missing. So a store that was open then cannot
 * be trusted, while one left by a process of this same boot can.
 */
final class TrustFile {
    static final String NAME = "revisions.state";

    private static final String TEMPORARY = NAME + ".tmp";
    private static final String CLEAN = "clean";
    private static final int BYTES_MAX = 256;

    private final Disk disk;
    private final Path directory;
    private final String boot;

    TrustFile(Disk disk, Path directory, String boot) {
        this.disk = disk;
        this.directory = directory;
        this.boot = boot;
    }

    /** What names this boot of the machine; empty, and so never trusted, where the system does not tell. */
    static String currentBoot() throws IOException {
        Path file = Path.of("/proc/sys/kernel/random/boot_id");
        return Files.isReadable(file) ? Files.readString(file).strip() : "";
    }

    /** Whether the store was closed in order, or this machine has not gone down since it was open. */
    boolean trusted() throws IOException {
        if (!disk.list(directory).contains(NAME)) return false;
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
        try (DiskFile file = disk.open(directory.resolve(NAME))) {
            file.read(bytes, 0);
        }
        String word = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        return word.equals(CLEAN) || !boot.isEmpty() && word.equals(opened());
    }

    void markOpen() throws IOException {
        write(opened());
    }

    void markClean() throws IOException {
        write(CLEAN);
    }

    private String opened() {
        return "open " + boot;
    }

    private void write(String word) throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary)) {
            file.write(StandardCharsets.UTF_8.encode(word), 0);
            file.force();
        }
        disk.rename(temporary, directory.resolve(NAME));
        disk.syncDirectory(directory);
    }
}
