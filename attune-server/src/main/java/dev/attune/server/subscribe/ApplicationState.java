package dev.attune.server.subscribe;

import dev.attune.config.release.Hold;
import dev.attune.config.release.Pointer;
import dev.attune.config.resolve.Effective;
import dev.attune.config.resolve.FileName;
import dev.attune.config.resolve.Layer;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of one application, and of those it imports from, at one revision, parsed once for all who watch. Deleted
 * files stay known by the revision of their deletion, so what changed since any earlier revision can be told without
 * history. One thread.
 */
final class ApplicationState {
    private final String application;
    /** By application and file name, then cluster. */
    private final Map<FileName, Map<String, Entry>> files = new HashMap<>();
    /** The application's own. */
    private final TreeSet<String> names = new TreeSet<>();
    /** Files of which not everybody gets the same. */
    private final Map<Coordinate, Pointer> gray = new HashMap<>();
    /** Files that a rollout moves, with their holds. */
    private final Map<Coordinate, Pointer> held = new HashMap<>();

    private long revision;

    ApplicationState(String application) {
        this.application = application;
    }

    /**
     * A file in one cluster.
     *
     * @param revision when its pointer was last moved
     * @param pointer null when it is deleted
     * @param releases the releases that the pointer names, by number
     */
    record Entry(Coordinate file, long revision, @Nullable Pointer pointer, Map<Long, Loaded> releases) {
        static Entry deleted(Coordinate file, long revision) {
            return new Entry(file, revision, null, Map.of());
        }

        /** Whether somebody may not get the file from here, because a rollout makes or deletes it. */
        boolean mayBeMissing() {
            if (pointer == null || pointer.stable() == 0) return true;
            return pointer.hold() != null && pointer.hold().release() == 0;
        }

        @Nullable Loaded release(Selection selection) {
            if (pointer == null) return null;
            Long chosen = selection.releases().get(file);
            return releases.get(chosen == null ? Long.valueOf(pointer.stable()) : chosen);
        }
    }

    String application() {
        return application;
    }

    long revision() {
        return revision;
    }

    /** Everything at or before {@code to} was put in. */
    void advance(long to) {
        revision = Math.max(revision, to);
    }

    void put(Entry entry) {
        FileName name = new FileName(entry.file.application(), entry.file.file());
        files.computeIfAbsent(name, n -> new HashMap<>()).put(entry.file.cluster(), entry);
        if (name.application().equals(application)) names.add(name.file());
        if (entry.pointer == null || entry.pointer.isSameForAll()) gray.remove(entry.file);
        else gray.put(entry.file, entry.pointer);
        if (entry.pointer == null || entry.pointer.hold() == null) held.remove(entry.file);
        else held.put(entry.file, entry.pointer);
    }

    /** Counts every file that is not among {@code present} as deleted at {@code at}. */
    void dropOthers(Set<Coordinate> present, long at) {
        List<Entry> gone = new ArrayList<>();
        files.values().forEach(byCluster -> byCluster.values().forEach(entry -> {
            if (entry.pointer != null && !present.contains(entry.file)) gone.add(Entry.deleted(entry.file, at));
        }));
        gone.forEach(this::put);
    }

    /** What is held of a release; null when it is not. */
    @Nullable Loaded release(Coordinate file, long number) {
        Entry entry = entry(new FileName(file.application(), file.file()), file.cluster());
        return entry == null ? null : entry.releases.get(number);
    }

    /** Every release that is held, by file and number. */
    Set<Held> held() {
        Set<Held> held = new HashSet<>();
        files.values().forEach(byCluster -> byCluster
                .values()
                .forEach(entry -> entry.releases.keySet().forEach(number -> held.add(new Held(entry.file, number)))));
        return held;
    }

    /** One release of a file. */
    record Held(Coordinate file, long release) {}

    /** The application and every one that its files import from, directly or not. */
    Set<String> applications() {
        Set<String> applications = new TreeSet<>();
        applications.add(application);
        files.values().forEach(byCluster -> byCluster
                .values()
                .forEach(entry -> entry.releases.values().forEach(each -> {
                    if (each.layer() != null)
                        each.layer().imports().forEach(name -> applications.add(name.application()));
                })));
        return applications;
    }

    /** The names of the application's own files, deleted ones too. */
    Set<String> names() {
        return names;
    }

    /** Which gray releases this instance gets. */
    Selection selection(InstanceSpec instance) {
        if (gray.isEmpty()) return Selection.STABLE;
        Map<Coordinate, Long> chosen = new HashMap<>();
        gray.forEach((file, pointer) -> {
            long release = pointer.releaseFor(instance);
            if (release != pointer.stable()) chosen.put(file, release);
        });
        return new Selection(chosen);
    }

    /** Which releases this instance gets that are not stable now, once the rollout has switched everybody. */
    Selection selectionAfter(InstanceSpec instance, long rollout) {
        Map<Coordinate, Long> chosen = new HashMap<>(selection(instance).releases());
        held.forEach((file, pointer) -> {
            Hold hold = pointer.hold();
            if (hold != null && hold.rollout() == rollout) chosen.put(file, pointer.releaseAfterSwitch(instance));
        });
        return new Selection(chosen);
    }

    /** What of the view would change from one selection to the other. */
    ConfigUpdate difference(ViewKey view, Selection now, Selection then) {
        List<FileContent> contents = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : names) {
            if (!view.sees(name)) continue;
            Optional<FileContent> before = content(view, now, name);
            Optional<FileContent> after = content(view, then, name);
            if (after.isEmpty() && before.isPresent()) removed.add(name);
            if (after.isPresent() && !(before.isPresent() && before.get().showsSameAs(after.get())))
                contents.add(after.get());
        }
        return new ConfigUpdate(revision, false, contents, removed);
    }

    /** Every file of the view. */
    ConfigUpdate complete(ViewKey view, Selection selection) {
        List<FileContent> contents = new ArrayList<>();
        for (String name : names)
            if (view.sees(name)) content(view, selection, name).ifPresent(contents::add);
        return new ConfigUpdate(revision, true, contents, List.of());
    }

    /** What of the view changed after {@code earlier}; empty when nothing did. */
    Optional<ConfigUpdate> since(ViewKey view, Selection selection, long earlier) {
        return changes(view, selection, names, earlier);
    }

    /** What of the view changed after {@code earlier} among {@code names}; empty when nothing did. */
    Optional<ConfigUpdate> changes(ViewKey view, Selection selection, Collection<String> among, long earlier) {
        List<FileContent> contents = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : new TreeSet<>(among)) {
            FileName own = new FileName(application, name);
            if (!view.sees(name) || !affected(view, own, earlier, new HashSet<>())) continue;
            Optional<FileContent> content = content(view, selection, name);
            content.ifPresent(contents::add);
            if (content.isEmpty()) removed.add(name);
        }
        if (contents.isEmpty() && removed.isEmpty()) return Optional.empty();
        return Optional.of(new ConfigUpdate(revision, false, contents, removed));
    }

    /**
     * Whether a change after {@code earlier} can be seen: one in the winning cluster, in one looked in before it, or in
     * what the winner imports.
     */
    private boolean affected(ViewKey view, FileName name, long earlier, Set<FileName> seen) {
        if (!seen.add(name)) return false;
        for (String cluster : view.clusters()) {
            Entry entry = entry(name, cluster);
            if (entry == null) continue;
            if (entry.revision > earlier) return true;
            if (entry.pointer == null) continue;
            for (Loaded each : entry.releases.values()) {
                Layer layer = each.layer();
                if (layer == null) continue;
                for (FileName below : layer.imports()) if (affected(view, below, earlier, seen)) return true;
            }
            if (!entry.mayBeMissing()) return false;
        }
        return false;
    }

    /** The keys of a file with where each came from; empty when there is no such file, or it has no keys. */
    Optional<Effective> effective(ViewKey view, Selection selection, String name) {
        return winner(view, selection, new FileName(application, name))
                .map(Loaded::layer)
                .map(layer -> Effective.of(layer, below -> layer(view, selection, below)));
    }

    private @Nullable Layer layer(ViewKey view, Selection selection, FileName name) {
        return winner(view, selection, name).map(Loaded::layer).orElse(null);
    }

    Optional<FileContent> content(ViewKey view, Selection selection, String name) {
        return winner(view, selection, new FileName(application, name)).map(top -> {
            Layer own = top.layer();
            if (own == null || own.imports().isEmpty()) return top.content();
            Set<Long> revisions = new LinkedHashSet<>();
            Effective effective = Effective.of(own, below -> {
                Optional<Loaded> found = winner(view, selection, below);
                found.ifPresent(each -> revisions.add(each.content().revision()));
                return found.map(Loaded::layer).orElse(null);
            });
            FileContent content = top.content();
            long newest = revisions.stream().mapToLong(Long::longValue).max().orElse(0);
            return new FileContent(
                    content.file(),
                    content.cluster(),
                    content.release(),
                    Math.max(newest, content.revision()),
                    content.sha256(),
                    content.text(),
                    effective.keys());
        });
    }

    private Optional<Loaded> winner(ViewKey view, Selection selection, FileName name) {
        for (String cluster : view.clusters()) {
            Entry entry = entry(name, cluster);
            Loaded loaded = entry == null ? null : entry.release(selection);
            if (loaded != null) return Optional.of(loaded);
        }
        return Optional.empty();
    }

    private @Nullable Entry entry(FileName name, String cluster) {
        Map<String, Entry> byCluster = files.get(name);
        return byCluster == null ? null : byCluster.get(cluster);
    }
}
