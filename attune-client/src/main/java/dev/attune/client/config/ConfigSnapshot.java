package dev.attune.client.config;

import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The whole configuration at one revision (S1). Immutable; read several values from the same snapshot when they belong
 * together.
 */
public final class ConfigSnapshot {

    private final long revision;
    private final ConfigSource source;
    private final long receivedMillis;
    private final Map<String, FileContent> files;
    private final Map<String, String> keys;
    private final List<String> order;
    private final Layers layers;

    private ConfigSnapshot(
            long revision,
            ConfigSource source,
            long receivedMillis,
            SortedMap<String, FileContent> files,
            List<String> order,
            Layers layers) {
        this.layers = layers;
        this.revision = revision;
        this.source = source;
        this.receivedMillis = receivedMillis;
        this.files = Collections.unmodifiableSortedMap(files);
        this.order = order;
        this.keys = Collections.unmodifiableMap(layers.laidRound(merge(files, order)));
    }

    /** The first file that has a key wins: files in the order they were asked for, else by name. */
    private static Map<String, String> merge(Map<String, FileContent> files, List<String> order) {
        Map<String, String> merged = new LinkedHashMap<>();
        for (String name : order.isEmpty() ? files.keySet() : order) {
            FileContent file = files.get(name);
            if (file != null && file.keys() != null) file.keys().forEach(merged::putIfAbsent);
        }
        return merged;
    }

    /** Nothing, from nowhere. */
    static ConfigSnapshot none(List<String> order, Layers layers) {
        return new ConfigSnapshot(0, ConfigSource.NONE, 0, new TreeMap<>(), order, layers);
    }

    /**
     * A complete state, in the same order and between the same layers as this one.
     *
     * @param atMillis when it came from the centre, in milliseconds since 1970
     */
    ConfigSnapshot complete(ConfigUpdate update, ConfigSource from, long atMillis) {
        TreeMap<String, FileContent> all = new TreeMap<>();
        for (FileContent file : update.files()) all.put(file.file(), file);
        return new ConfigSnapshot(update.revision(), from, atMillis, all, order, layers);
    }

    /** This state after an update from the centre. */
    ConfigSnapshot after(ConfigUpdate update, long nowMillis) {
        if (update.complete()) return complete(update, ConfigSource.CENTRE, nowMillis);
        TreeMap<String, FileContent> changed = new TreeMap<>(files);
        for (FileContent file : update.files()) changed.put(file.file(), file);
        for (String gone : update.removed()) changed.remove(gone);
        return new ConfigSnapshot(update.revision(), ConfigSource.CENTRE, nowMillis, changed, order, layers);
    }

    /** Whether both show the same releases with the same texts and keys, at whatever revision. */
    boolean showsSameAs(ConfigSnapshot other) {
        if (other == this) return true;
        if (files.size() != other.files.size()) return false;
        for (FileContent mine : files.values()) {
            FileContent theirs = other.files.get(mine.file());
            if (theirs == null || !mine.showsSameAs(theirs)) return false;
        }
        return true;
    }

    /** The same as an update that carries everything. */
    ConfigUpdate toUpdate() {
        return new ConfigUpdate(revision, true, List.copyOf(files.values()), List.of());
    }

    /** The store's revision this is the state of; never decreases during a process's life. */
    public long revision() {
        return revision;
    }

    public ConfigSource source() {
        return source;
    }

    /** When this came from the centre, in milliseconds since 1970; 0 for {@link ConfigSource#NONE}. */
    public long receivedMillis() {
        return receivedMillis;
    }

    /** Files by name. */
    public Map<String, FileContent> files() {
        return files;
    }

    /** Every key of every file that has keys. */
    public Map<String, String> keys() {
        return keys;
    }
}
