package dev.attune.config.resolve;

import dev.attune.config.format.Document;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.config.format.Place;
import dev.attune.model.config.Coordinate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a text's imports and references before it is released, and fixes what the references stand for. Asks for the
 * files it needs: while {@link #missing} names some, hand them in and ask again.
 */
public final class Binder {
    /** Most files that may take part in one. */
    public static final int FILES_MAX = 128;

    private static final int VALUE_MAX = 1 << 20;

    private final Coordinate file;
    private final String text;
    private final Map<String, String> raw;
    private final List<FileName> imports;
    private final Map<FileName, Layer> known = new LinkedHashMap<>();
    private final Set<FileName> absent = new LinkedHashSet<>();
    private final Map<String, String> bindings = new LinkedHashMap<>();
    private final Set<FileName> checked = new LinkedHashSet<>();
    private Map<String, Effective.Value> below = Map.of();

    /**
     * @throws InvalidDocumentException when it names imports that are no names
     */
    public Binder(Coordinate file, Document document) {
        this.file = file;
        this.text = document.text();
        Map<String, String> keys = document.keys();
        this.raw = keys == null ? Map.of() : keys;
        try {
            this.imports = Imports.of(file.application(), raw);
        } catch (IllegalArgumentException e) {
            throw place(Imports.KEY).invalid(Imports.KEY + ": " + e.getMessage());
        }
    }

    /** Whether the text imports or refers to anything; if not there is nothing to bind. */
    public boolean isNeeded() {
        return !imports.isEmpty() || raw.values().stream().anyMatch(value -> value.contains("${"));
    }

    /** The files that are still to be handed in. */
    public Set<FileName> missing() {
        Set<FileName> missing = new LinkedHashSet<>();
        imports.forEach(each -> want(each, missing));
        known.values().forEach(layer -> layer.imports().forEach(each -> want(each, missing)));
        for (String value : raw.values())
            for (References.Reference each : References.in(value)) {
                FileName other = target(each);
                if (other != null) want(other, missing);
            }
        if (known.size() + missing.size() > FILES_MAX)
            throw place(Imports.KEY).invalid("imports: more than " + FILES_MAX + " files take part");
        return missing;
    }

    private void want(FileName name, Set<FileName> missing) {
        if (!known.containsKey(name) && !absent.contains(name) && !name.equals(self())) missing.add(name);
    }

    /** Hands in a file that was missing; null when there is none that this one may use. */
    public void provide(FileName name, @Nullable Layer layer) {
        if (layer == null) absent.add(name);
        else known.put(name, layer);
    }

    /**
     * What each reference stands for, once nothing is missing.
     *
     * @throws InvalidDocumentException with the place of an import or reference that leads nowhere or in a circle
     */
    public Map<String, String> bind() {
        for (FileName each : imports) checkImport(each, new ArrayDeque<>(List.of(self())));
        Layer top = new Layer(file, 0, Map.of(), imports);
        below = Effective.of(top, known::get).values();
        raw.forEach((key, value) -> {
            for (References.Reference each : References.in(value)) resolve(each, new ArrayList<>(List.of(key)));
        });
        return bindings;
    }

    private FileName self() {
        return new FileName(file.application(), file.file());
    }

    private void checkImport(FileName name, Deque<FileName> path) {
        if (path.contains(name)) throw importPlace(path, name).invalid("imports go in a circle: " + route(path, name));
        Layer layer = known.get(name);
        if (layer == null) {
            boolean own = name.application().equals(file.application());
            throw importPlace(path, name)
                    .invalid("import: there is no " + (own ? "" : "public ") + "file " + name + " here");
        }
        if (!checked.add(name)) return;
        path.addLast(name);
        for (FileName each : layer.imports()) checkImport(each, path);
        path.removeLast();
    }

    private static String route(Deque<FileName> path, FileName last) {
        StringBuilder out = new StringBuilder();
        path.forEach(each -> out.append(each).append(" → "));
        return out.append(last).toString();
    }

    /** Where the text names the import that leads there. */
    private Place importPlace(Deque<FileName> path, FileName last) {
        List<FileName> way = new ArrayList<>(path);
        FileName first = way.size() > 1 ? way.get(1) : last;
        int full = text.indexOf(first.toString());
        int at = full >= 0 ? full : text.indexOf(first.file());
        return Place.of(text, Math.max(0, at));
    }

    private Place place(String literal) {
        return Place.of(text, Math.max(0, text.indexOf(literal)));
    }

    private @Nullable FileName target(References.Reference reference) {
        if (!reference.isForeign()) return null;
        String before = reference.name().substring(0, reference.name().indexOf('#'));
        try {
            return FileName.parse(file.application(), before);
        } catch (IllegalArgumentException e) {
            throw place("${" + reference.name()).invalid("reference: " + e.getMessage());
        }
    }

    private String resolve(References.Reference reference, List<String> path) {
        String name = reference.name();
        String done = bindings.get(name);
        if (done != null) return done;
        if (path.size() > 64 || (path.contains(name) && !reference.isForeign()))
            throw place("${" + name).invalid("references go in a circle: " + String.join(" → ", path) + " → " + name);
        String value = reference.isForeign() ? foreign(reference) : local(name, path);
        if (value == null && reference.otherwise() != null) return reference.otherwise();
        if (value == null)
            throw place("${" + name)
                    .invalid("reference: " + name + " is not known (expected: a key of this file, of"
                            + " what it imports, app/file#key, or a default: ${" + name + ":…}; a plain ${ is $${)");
        if (value.length() > VALUE_MAX) throw place("${" + name).invalid("reference: its value is too long");
        bindings.put(name, value);
        return value;
    }

    private @Nullable String local(String name, List<String> path) {
        String own = raw.get(name);
        if (own == null) {
            Effective.Value imported = below.get(name);
            return imported == null ? null : imported.text();
        }
        List<String> further = new ArrayList<>(path);
        further.add(name);
        return References.replaced(own, each -> resolve(each, further));
    }

    private @Nullable String foreign(References.Reference reference) {
        FileName target = target(reference);
        String key = reference.name().substring(reference.name().indexOf('#') + 1);
        Layer layer = target == null ? null : known.get(target);
        if (layer == null) return null;
        Effective.Value value = Effective.of(layer, known::get).values().get(key);
        return value == null ? null : value.text();
    }
}
