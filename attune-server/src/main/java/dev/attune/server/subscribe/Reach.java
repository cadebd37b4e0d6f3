package dev.attune.server.subscribe;

import dev.attune.config.release.Lookup;
import dev.attune.config.resolve.Effective;
import dev.attune.config.resolve.FileName;
import dev.attune.config.resolve.Layer;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.keyspace.Keyspace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Which instances a file reaches: directly, or by way of what imports it. */
public final class Reach {
    private final Keyspace keyspace;

    public Reach(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /**
     * An instance and what it subscribed to.
     *
     * @param files empty for all of its application
     */
    public record Listener(InstanceSpec spec, List<String> files) {}

    /** Those of {@code listeners} that a change of {@code file} would touch, whether it exists yet or not. */
    public CompletableFuture<List<Listener>> of(Coordinate file, List<Listener> listeners) {
        Map<String, List<Listener>> byApplication = new TreeMap<>();
        for (Listener each : listeners)
            byApplication
                    .computeIfAbsent(each.spec.application(), name -> new ArrayList<>())
                    .add(each);
        return next(file, byApplication.entrySet().iterator(), new ArrayList<>());
    }

    private CompletableFuture<List<Listener>> next(
            Coordinate file, Iterator<Map.Entry<String, List<Listener>>> left, List<Listener> touched) {
        if (!left.hasNext()) return CompletableFuture.completedFuture(touched);
        Map.Entry<String, List<Listener>> one = left.next();
        return new ApplicationReader(keyspace, file.environment(), one.getKey())
                .load(Set.of(), Set.of())
                .thenCompose(read -> {
                    ApplicationState state = state(one.getKey(), read);
                    // Instances that look the same way see the same, so a whole fleet is looked at once.
                    Map<Looks, Boolean> known = new HashMap<>();
                    for (Listener each : one.getValue())
                        if (known.computeIfAbsent(Looks.of(state, each), looks -> touches(state, file, looks)))
                            touched.add(each);
                    return next(file, left, touched);
                });
    }

    static ApplicationState state(String application, ApplicationReader.Result read) {
        ApplicationState state = new ApplicationState(application);
        for (ApplicationReader.Found each : read.files())
            if (!each.pointer().served().isEmpty())
                state.put(new ApplicationState.Entry(
                        each.file(), each.pointer().revision(), each.pointer(), new HashMap<>(each.releases())));
        state.advance(read.revision());
        return state;
    }

    /** Where an instance looks, and what of it is only for some. */
    private record Looks(ViewKey view, Selection selection) {
        static Looks of(ApplicationState state, Listener listener) {
            List<String> clusters = Lookup.order(listener.spec.cluster(), listener.spec.dataCentre());
            return new Looks(new ViewKey(clusters, new TreeSet<>(listener.files)), state.selection(listener.spec));
        }
    }

    private static boolean touches(ApplicationState state, Coordinate file, Looks looks) {
        ViewKey view = looks.view;
        Selection selection = looks.selection;
        List<String> clusters = view.clusters();
        int place = clusters.indexOf(file.cluster());
        if (place < 0) return false;
        FileName name = new FileName(file.application(), file.file());
        if (file.application().equals(state.application()) && view.sees(file.file())) {
            // A cluster that is looked in before this one hides the change.
            int winner = state.content(view, selection, file.file())
                    .map(FileContent::cluster)
                    .map(clusters::indexOf)
                    .orElse(Integer.MAX_VALUE);
            if (place <= winner) return true;
        }
        ConfigUpdate complete = state.complete(view, selection);
        for (FileContent each : complete.files()) {
            Effective effective = state.effective(view, selection, each.file()).orElse(null);
            if (effective == null) continue;
            for (Layer layer : effective.layers())
                if (layer.name().equals(name)
                        && place <= clusters.indexOf(layer.file().cluster())) return true;
        }
        return false;
    }
}
