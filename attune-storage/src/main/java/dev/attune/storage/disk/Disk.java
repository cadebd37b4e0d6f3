package dev.attune.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Directories and whole files. A change of names is durable only after {@link #syncDirectory}. */
public interface Disk {
    /**
     * Creates the directory when it is missing and holds it for this process until the result is closed; fails when
     * anyone else holds it.
     */
    Closeable lock(Path directory) throws IOException;

    /** The names of the files in {@code directory}, in no particular order. */
    List<String> list(Path directory) throws IOException;

    /** A new empty file; fails when it exists. */
    DiskFile create(Path file) throws IOException;

    /** An existing file. */
    DiskFile open(Path file) throws IOException;

    /** Gives a file another name at once, replacing what had that name. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file; one that is not there is no failure. */
    void delete(Path file) throws IOException;

    /** Makes the names in {@code directory} durable. */
    void syncDirectory(Path directory) throws IOException;
}
