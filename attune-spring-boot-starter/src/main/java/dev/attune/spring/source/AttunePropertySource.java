package dev.attune.spring.source;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSnapshot;
import dev.attune.model.config.FileContent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * Some files of an application, always as of the state in force, or of the one that the reading thread tries out. Of
 * several files that have a key the first by name wins, as everywhere in Attune. Safe to share between threads.
 */
public final class AttunePropertySource extends EnumerablePropertySource<AttuneConnection>
        implements OriginLookup<String> {
    private final Selection selection;
    private final Config config;
    // One for what is in force and one for what is tried, so that they do not push each other out.
    private volatile @Nullable View inForce;
    private volatile @Nullable View tried;

    /** What one state has of the selected files. */
    private record View(ConfigSnapshot state, Map<String, FileContent> byKey, String[] names) {}

    AttunePropertySource(AttuneConnection connection, Selection selection) {
        super(selection.sourceName(), connection);
        this.selection = selection;
        this.config = connection.config(selection.application());
    }

    /** The same files, read over another connection. */
    public AttunePropertySource over(AttuneConnection connection) {
        return new AttunePropertySource(connection, selection);
    }

    /** Whose files. */
    public String application() {
        return selection.application();
    }

    /** The files that it shows at the moment, the strongest first. */
    public List<FileContent> files() {
        return getSource().view(selection.application(), config).files().values().stream()
                .filter(file -> selection.shows(file.file()))
                .toList();
    }

    boolean isPresent() {
        return !files().isEmpty();
    }

    private View view() {
        boolean trying = getSource().isTrying();
        ConfigSnapshot state = getSource().view(selection.application(), config);
        View last = trying ? tried : inForce;
        if (last != null && last.state() == state) return last;
        View now = read(state);
        if (trying) tried = now;
        else inForce = now;
        return now;
    }

    private View read(ConfigSnapshot state) {
        Map<String, FileContent> byKey = new LinkedHashMap<>();
        for (FileContent file : state.files().values()) {
            if (file.keys() == null || !selection.shows(file.file())) continue;
            file.keys().keySet().forEach(key -> byKey.putIfAbsent(key, file));
        }
        return new View(state, byKey, byKey.keySet().toArray(new String[0]));
    }

    @Override
    public @Nullable Object getProperty(String name) {
        FileContent file = view().byKey().get(name);
        if (file == null || file.keys() == null) return null;
        config.wasRead(List.of(name));
        return file.keys().get(name);
    }

    @Override
    public boolean containsProperty(String name) {
        return view().byKey().containsKey(name);
    }

    @Override
    public String[] getPropertyNames() {
        return view().names();
    }

    @Override
    public @Nullable Origin getOrigin(String key) {
        FileContent file = view().byKey().get(key);
        if (file == null) return null;
        return new AttuneOrigin(
                String.valueOf(getSource().properties().environment()),
                selection.application(),
                file.cluster(),
                file.file(),
                file.release());
    }
}
