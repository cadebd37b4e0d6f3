package dev.attune.server.estate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.format.Documents;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileListing;
import dev.attune.server.files.FileRequests;
import dev.attune.server.files.FileService;
import dev.attune.server.files.SettingsService;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.secrets.Secrets;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Search, export and retention over HTTP. */
public final class EstateRoutes implements Routes {
    private static final int FILES_MAX = 5_000;
    private static final int HITS_MAX = 200;

    /** As many as an import takes. */
    private static final int EXPORT_FILES_MAX = 10_000;

    private final FileService files;
    private final SettingsService settings;
    private final Retention retention;

    public EstateRoutes(FileService files, SettingsService settings, Retention retention) {
        this.files = files;
        this.settings = settings;
        this.retention = retention;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/search", Permission.READ, "search", this::search)
                .needs(Verb.READ)
                .query("q", "text to find in keys, values and names, whatever its case")
                .query("env", "only this environment")
                .query("app", "only this application")
                .query("tag", "only files with this tag")
                .query("owner", "only files of this owner")
                .summary("Finds keys and values in the current files that the caller may see; at most 200 hits."));
        table.add(Route.get("/api/v1/envs/{env}/export", Permission.READ, "exportEnvironment", this::export)
                .needs(Verb.READ)
                .query("app", "only this application")
                .summary("The current files as a zip: application/cluster/file; secret values stay sealed."));
        table.add(Route.post("/api/v1/envs/{env}/retention", Permission.ADMIN, "runRetention", this::retain)
                .needs(Verb.ADMIN)
                .summary("Removes old releases now, as the environment's settings say; active ones stay."));
    }

    private CompletableFuture<Reply> retain(Request request) {
        return retention
                .run(FileRequests.name("environment", request.path("env")))
                .thenApply(removed -> Reply.json(200, Json.object().put("removed", removed)));
    }

    private CompletableFuture<Reply> search(Request request) {
        Optional<String> environment = request.query("env").map(each -> FileRequests.name("environment", each));
        Optional<String> application = request.query("app").map(each -> FileRequests.name("application", each));
        Search search = new Search(request);
        return new FileWalk(files, request.principal().rights())
                .run(environment, application, search::visit)
                .thenApply(all -> Reply.json(200, search.json.put("truncated", !all)));
    }

    /** One search under way; one step at a time touches it. */
    private final class Search {
        private final String wanted;
        private final Optional<String> tag;
        private final Optional<String> owner;
        private final Rights rights;
        private final ObjectNode json = Json.object();
        private final ArrayNode hits = json.putArray("hits");
        private final Map<String, Map<String, FileSettings>> known = new LinkedHashMap<>();
        private int seen;

        Search(Request request) {
            wanted = request.query("q").orElse("").toLowerCase(Locale.ROOT);
            tag = request.query("tag");
            owner = request.query("owner");
            rights = request.principal().rights();
        }

        CompletableFuture<Boolean> visit(FileListing.Entry entry) {
            if (hits.size() >= HITS_MAX || ++seen > FILES_MAX) return CompletableFuture.completedFuture(false);
            Coordinate file = entry.file();
            return said(file).thenCompose(settings -> {
                boolean fits = tag.map(settings.tags()::contains).orElse(true)
                        && owner.map(settings.owner()::equals).orElse(true);
                if (!fits) return CompletableFuture.completedFuture(true);
                return files.read(file, ReadLevel.STALE).thenApply(view -> {
                    look(file, view.release().text(), settings);
                    return hits.size() < HITS_MAX;
                });
            });
        }

        private CompletableFuture<FileSettings> said(Coordinate file) {
            String place = file.environment() + "/" + file.application();
            Map<String, FileSettings> here = known.get(place);
            if (here != null)
                return CompletableFuture.completedFuture(here.getOrDefault(file.file(), FileSettings.NONE));
            return settings.files(file.environment(), file.application(), ReadLevel.STALE)
                    .thenApply(found -> {
                        known.put(place, found);
                        return found.getOrDefault(file.file(), FileSettings.NONE);
                    });
        }

        private void look(Coordinate file, dev.attune.model.Bytes text, FileSettings said) {
            if (wanted.isEmpty() || contains(file.file())) hit(file, said, "", "");
            try {
                Map<String, String> keys = Documents.keys(file.file(), text);
                if (keys == null || wanted.isEmpty()) return;
                keys.forEach((key, value) -> {
                    String shown = shown(file, value);
                    if (contains(key) || contains(shown)) hit(file, said, key, shown);
                });
            } catch (AttuneException e) {
                // Written before the present rules: found by its name only.
            }
        }

        /** A node that lacks a key finds the rest. */
        private String shown(Coordinate file, String value) {
            try {
                return files.secrets().reveal(file, value, rights);
            } catch (AttuneException e) {
                return Secrets.MASK;
            }
        }

        private boolean contains(String text) {
            return text.toLowerCase(Locale.ROOT).contains(wanted);
        }

        private void hit(Coordinate file, FileSettings said, String key, String value) {
            if (hits.size() >= HITS_MAX) return;
            ObjectNode hit = hits.addObject()
                    .put("environment", file.environment())
                    .put("application", file.application())
                    .put("cluster", file.cluster())
                    .put("file", file.file())
                    .put("owner", said.owner());
            if (!key.isEmpty()) hit.put("key", key).put("value", value);
        }
    }

    private CompletableFuture<Reply> export(Request request) {
        String environment = FileRequests.name("environment", request.path("env"));
        Optional<String> application = request.query("app").map(each -> FileRequests.name("application", each));
        Map<Coordinate, Long> all = new LinkedHashMap<>();
        return new FileWalk(files, request.principal().rights())
                .run(Optional.of(environment), application, each -> {
                    all.put(each.file(), each.pointer().stable());
                    return CompletableFuture.completedFuture(all.size() <= EXPORT_FILES_MAX);
                })
                .thenApply(whole -> {
                    if (!whole)
                        throw new AttuneException(
                                ErrorCode.TOO_LARGE,
                                "files: more than " + EXPORT_FILES_MAX
                                        + " in one export (expected: one application at a time, by 'app')");
                    return Reply.download("application/zip", out -> write(all, out))
                            .header("Attune-Files", Integer.toString(all.size()));
                });
    }

    /** On its own thread, which may wait; holds one text at a time. */
    private void write(Map<Coordinate, Long> all, OutputStream out) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<Coordinate, Long> each : all.entrySet()) {
                Coordinate file = each.getKey();
                ZipEntry entry = new ZipEntry(file.application() + "/" + file.cluster() + "/" + file.file());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(files.read(file, each.getValue(), ReadLevel.STALE)
                        .join()
                        .release()
                        .text()
                        .unsafeArray());
                zip.closeEntry();
            }
        }
    }
}
