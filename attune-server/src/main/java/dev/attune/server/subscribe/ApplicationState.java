package dev.attune.server.subscribe;

import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The files of one application at one revision, parsed once for all who watch. Deleted files stay known by the
 * revision of their deletion, so what changed since any earlier revision can be told without history. One thread.
 */
final class ApplicationState {
    /** By file name, then cluster. */
    private final TreeMap<String, Map<String, Entry>> files = new TreeMap<>();

    private long revision;

    /**
     * A file in one cluster.
     *
     * @param revision when its pointer was last moved
     * @param content null when it is deleted
     */
    record Entry(Coordinate file, long revision, @Nullable FileContent content) {}

    long revision() {
        return revision;
    }

    /** Everything at or before {@code to} was put in. */
    void advance(long to) {
        revision = Math.max(revision, to);
    }

    void put(Entry entry) {
        files.computeIfAbsent(entry.file.file(), name -> new HashMap<>()).put(entry.file.cluster(), entry);
    }

    /** Counts every file that is not among {@code present} as deleted at {@code at}. */
    void dropOthers(Set<Coordinate> present, long at) {
        files.values()
                .forEach(byCluster ->
                        byCluster.replaceAll((cluster, entry) -> entry.content == null || present.contains(entry.file)
                                ? entry
                                : new Entry(entry.file, at, null)));
    }

    Optional<FileContent> content(Coordinate file) {
        Entry entry = entry(file.file(), file.cluster());
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.content);
    }

    /** Calls {@code visitor} with the number of the release that each file that is there has. */
    void forEachContent(BiConsumer<Coordinate, Long> visitor) {
        files.values().forEach(byCluster -> byCluster.values().forEach(entry -> {
            if (entry.content != null) visitor.accept(entry.file, entry.content.release());
        }));
    }

    /** Every file of the view. */
    ConfigUpdate complete(ViewKey view) {
        List<FileContent> contents = new ArrayList<>();
        for (String name : files.keySet()) {
            if (view.sees(name)) winner(view, name).ifPresent(contents::add);
        }
        return new ConfigUpdate(revision, true, contents, List.of());
    }

    /** What of the view changed after {@code earlier}; empty when nothing did. */
    Optional<ConfigUpdate> since(ViewKey view, long earlier) {
        return changes(view, files.keySet(), earlier);
    }

    /** What of the view changed after {@code earlier} among {@code names}; empty when nothing did. */
    Optional<ConfigUpdate> changes(ViewKey view, Collection<String> names, long earlier) {
        List<FileContent> contents = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            if (!view.sees(name) || !affected(view, name, earlier)) continue;
            Optional<FileContent> winner = winner(view, name);
            winner.ifPresent(contents::add);
            if (winner.isEmpty()) removed.add(name);
        }
        if (contents.isEmpty() && removed.isEmpty()) return Optional.empty();
        return Optional.of(new ConfigUpdate(revision, false, contents, removed));
    }

    /** Whether a change after {@code earlier} can be seen: one in the winning cluster or in one looked in before it. */
    private boolean affected(ViewKey view, String name, long earlier) {
        for (String cluster : view.clusters()) {
            Entry entry = entry(name, cluster);
            if (entry == null) continue;
            if (entry.revision > earlier) return true;
            if (entry.content != null) return false;
        }
        return false;
    }

    private Optional<FileContent> winner(ViewKey view, String name) {
        for (String cluster : view.clusters()) {
            Entry entry = entry(name, cluster);
            if (entry != null && entry.content != null) return Optional.of(entry.content);
        }
        return Optional.empty();
    }

    private @Nullable Entry entry(String name, String cluster) {
        Map<String, Entry> byCluster = files.get(name);
        return byCluster == null ? null : byCluster.get(cluster);
    }
}
