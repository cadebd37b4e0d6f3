package dev.attune.client.config;

import dev.attune.model.config.FileContent;
import dev.attune.model.session.ClientFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the centre is to be told of one subscription: the fate of each release, and the keys that are read. */
final class Reporter {
    private static final int KEYS_AT_ONCE = 1000;
    private static final int KEYS_MAX = 20_000;

    private final Set<String> read = ConcurrentHashMap.newKeySet();
    private final Queue<String> unreported = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final Map<String, ClientFrame.FileState> states = new TreeMap<>();

    /** Notes a read; a key that was read before costs one look into a table. */
    void wasRead(String key) {
        if (read.contains(key) || read.size() >= KEYS_MAX || !read.add(key)) return;
        unreported.add(key);
        due.set(true);
    }

    void wereRead(Collection<String> keys) {
        keys.forEach(this::wasRead);
    }

    /** Notes what became of the files of an update; an empty reason says that they are in force. */
    synchronized void decided(Collection<FileContent> files, String reason) {
        for (FileContent each : files)
            states.put(each.file(), new ClientFrame.FileState(each.file(), each.release(), reason.isEmpty(), reason));
        due.set(true);
    }

    /** A new connection has been told nothing yet. */
    synchronized void again() {
        unreported.clear();
        unreported.addAll(read);
        due.set(!states.isEmpty() || !read.isEmpty());
    }

    boolean isDue() {
        return due.get();
    }

    /** What is to be told now. */
    synchronized ClientFrame.Report take(long stream) {
        due.set(false);
        List<String> keys = new ArrayList<>();
        for (String key = unreported.poll(); key != null; key = unreported.poll()) {
            keys.add(key);
            if (keys.size() == KEYS_AT_ONCE) {
                due.set(true);
                break;
            }
        }
        return new ClientFrame.Report(stream, List.copyOf(states.values()), keys);
    }
}
