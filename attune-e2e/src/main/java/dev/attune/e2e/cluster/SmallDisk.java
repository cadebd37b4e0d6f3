package dev.attune.e2e.cluster;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory of a given size, mounted on a directory; needs the right to mount. */
public final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts; fails with {@link IOException} where mounting is not permitted. */
    public static SmallDisk mount(Path directory, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", directory.toString());
        return new SmallDisk(directory);
    }

    /** Writes a file until nothing more fits. */
    public void fill() throws IOException {
        FileStore store = Files.getFileStore(directory);
        byte[] block = new byte[4096];
        try (var out = Files.newOutputStream(directory.resolve("filler"))) {
            while (store.getUsableSpace() > 0) out.write(block);
        } catch (IOException e) {
            if (store.getUsableSpace() > block.length) throw e;
        }
    }

    /** Removes the file that fills it. */
    public void free() throws IOException {
        Files.deleteIfExists(directory.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
        try {
            Commands.run("umount", "-l", directory.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
