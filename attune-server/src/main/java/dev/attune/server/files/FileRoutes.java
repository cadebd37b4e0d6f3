package dev.attune.server.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.diff.KeyDiff;
import dev.attune.config.format.Documents;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.diff.LineDiff;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Files over HTTP: put text, get, list, history, diff, roll back, delete. */
public final class FileRoutes implements Routes {
    private static final String FILES = FileRequests.FILES;
    private static final String FILE = FileRequests.FILE;
    private static final int PAGE = 20;
    private static final String CONSISTENCY = "linearizable (default) or stale";
    private static final String MIN_REVISION = "oldest revision that will do";

    private final FileService files;

    public FileRoutes(FileService files) {
        this.files = files;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(FileRequests.onFile(Route.put(FILE, Permission.PUBLISH, "putFile", this::put))
                .query("message", "why, in your words")
                .body(FileService.TEXT_BYTES_MAX)
                .needs(Verb.EDIT, Verb.RELEASE)
                .summary("Release the body as the file's text. If-Match: the release you edited."));
        table.add(reading(FileRequests.onFile(Route.get(FILE, Permission.READ, "getFile", this::get)))
                .query("release", "number of the release; the current one when absent")
                .needs(Verb.READ)
                .summary("The text, or everything about it with Accept: application/json."));
        table.add(FileRequests.withReason(Route.put(FILE + "/keys/{key*}", Permission.PUBLISH, "setKey", this::setKey))
                .body(FileService.TEXT_BYTES_MAX)
                .needs(Verb.EDIT, Verb.RELEASE)
                .summary("Set one key to the body and release the text; order and comments stay."));
        table.add(FileRequests.withReason(
                        Route.delete(FILE + "/keys/{key*}", Permission.PUBLISH, "removeKey", this::removeKey))
                .needs(Verb.EDIT, Verb.RELEASE)
                .summary("Remove one key and release the text."));
        table.add(FileRequests.onFile(Route.delete(FILE, Permission.PUBLISH, "deleteFile", this::delete))
                .query("message", "why, in your words")
                .needs(Verb.EDIT, Verb.RELEASE)
                .summary("Delete the file; its releases stay and it can be rolled back to any."));
        table.add(reading(Route.get(FILES, Permission.READ, "listFiles", this::list))
                .query("cluster", "only files of this cluster")
                .needs(Verb.READ)
                .summary("The files of an application in all clusters, without their texts."));
        table.add(reading(FileRequests.onFile(
                        Route.get(FILE + "/releases", Permission.READ, "listReleases", this::history)))
                .query("before", "only releases with smaller numbers; from the page before")
                .query("limit", "most releases of the page, 1 to 100; 20 when absent")
                .needs(Verb.READ)
                .summary("The releases of a file, newest first, without their texts."));
        table.add(
                FileRequests.onFile(Route.post(FILE + "/rollback", Permission.PUBLISH, "rollbackFile", this::rollback))
                        .query("to", "number of the release whose text becomes current again")
                        .query("message", "why, in your words")
                        .needs(Verb.ROLLBACK)
                        .summary("Make a new release with the text of an earlier one."));
        table.add(reading(FileRequests.onFile(Route.get(FILE + "/diff", Permission.READ, "diffFile", this::diff)))
                .query("from", "number of the older release; the parent of 'to' when absent")
                .query("to", "number of the newer release; the current one when absent")
                .needs(Verb.READ)
                .summary("What differs between two releases, by line and by key."));
        table.add(reading(Route.get("/api/v1/envs", Permission.READ, "listEnvironments", this::environments))
                .needs(Verb.READ)
                .summary("The environments that have or had files."));
        table.add(reading(Route.get("/api/v1/envs/{env}/apps", Permission.READ, "listApplications", this::applications))
                .needs(Verb.READ)
                .summary("The applications of an environment that have or had files."));
    }

    private static Route reading(Route route) {
        return route.query("consistency", CONSISTENCY).query("minRevision", MIN_REVISION);
    }

    private CompletableFuture<Reply> put(Request request) {
        return files.publish(FileRequests.coordinate(request), request.body(), FileRequests.edit(request))
                .thenApply(FileRoutes::published);
    }

    private CompletableFuture<Reply> rollback(Request request) {
        long to = request.query("to").isPresent() ? request.queryLong("to", 0) : 0;
        if (to < 1) throw FileRequests.invalid("to: missing (expected: the number of a release)");
        return files.rollback(FileRequests.coordinate(request), to, FileRequests.edit(request))
                .thenApply(FileRoutes::published);
    }

    private CompletableFuture<Reply> setKey(Request request) {
        return files.writes()
                .edit(
                        FileRequests.coordinate(request),
                        request.path("key"),
                        Documents.decode(request.body()),
                        FileRequests.edit(request))
                .thenApply(FileRoutes::published);
    }

    private CompletableFuture<Reply> removeKey(Request request) {
        return files.writes()
                .edit(FileRequests.coordinate(request), request.path("key"), null, FileRequests.edit(request))
                .thenApply(FileRoutes::published);
    }

    static Reply published(Published done) {
        ObjectNode body = FileJson.release(done.release());
        body.put("created", done.created());
        return Reply.json(done.created() ? 201 : 200, body)
                .header("ETag", etag(done.release()))
                .revision(done.revision());
    }

    private CompletableFuture<Reply> delete(Request request) {
        return files.delete(FileRequests.coordinate(request), FileRequests.edit(request))
                .thenApply(revision -> Reply.empty(204).revision(revision));
    }

    private CompletableFuture<Reply> get(Request request) {
        Coordinate file = FileRequests.coordinate(request);
        Optional<String> number = request.query("release");
        CompletableFuture<FileView> read = number.isPresent()
                ? files.read(file, request.queryLong("release", 0), request.readLevel())
                : files.read(file, request.readLevel());
        boolean json = request.header("Accept").orElse("").contains("application/json");
        Optional<String> known = request.header("If-None-Match");
        return read.thenApply(view -> {
            Release release = view.release();
            Reply reply;
            if (known.isPresent() && known.get().equals(etag(release))) reply = Reply.empty(304);
            else if (json)
                reply = Reply.json(200, FileJson.view(file, view, keys -> files.secrets()
                        .revealed(file, keys, request.principal().rights())));
            // Always plain text: a stored page must never run in a browser.
            else reply = Reply.bytes(200, "text/plain; charset=utf-8", release.text());
            return reply.header("ETag", etag(release))
                    .header("Attune-Release", Long.toString(release.number()))
                    .header("Attune-Release-Kind", release.kind().name())
                    .header("Attune-Sha256", release.sha256())
                    .header("Vary", "Accept")
                    .revision(view.revision());
        });
    }

    private CompletableFuture<Reply> list(Request request) {
        String environment = FileRequests.name("environment", request.path("env"));
        String application = FileRequests.name("application", request.path("app"));
        Optional<String> cluster = request.query("cluster");
        return files.list(environment, application, request.readLevel()).thenApply(listing -> {
            FileListing seen = new FileListing(
                    listing.revision(),
                    listing.files().stream()
                            .filter(each -> request.principal().rights().allows(Verb.READ, each.file()))
                            .toList());
            return Reply.json(200, FileJson.listing(seen, cluster)).revision(listing.revision());
        });
    }

    private CompletableFuture<Reply> history(Request request) {
        long limit = Math.min(request.queryLong("limit", PAGE), Integer.MAX_VALUE);
        return files.history(
                        FileRequests.coordinate(request),
                        request.queryLong("before", 0),
                        (int) limit,
                        request.readLevel())
                .thenApply(history -> Reply.json(200, FileJson.history(history)).revision(history.revision()));
    }

    private CompletableFuture<Reply> environments(Request request) {
        return files.environments(request.readLevel())
                .thenApply(found -> names("environments", found, name -> request.principal()
                        .rights()
                        .sees(name)));
    }

    private CompletableFuture<Reply> applications(Request request) {
        String environment = FileRequests.name("environment", request.path("env"));
        return files.applications(environment, request.readLevel())
                .thenApply(found -> names("applications", found, name -> request.principal()
                        .rights()
                        .allows(Verb.READ, environment, name, "")));
    }

    private static Reply names(String what, NameListing found, Predicate<String> seen) {
        ObjectNode body = Json.object();
        body.put("revision", found.revision());
        ArrayNode names = body.putArray(what);
        found.names().stream().filter(seen).forEach(names::add);
        return Reply.json(200, body).revision(found.revision());
    }

    private CompletableFuture<Reply> diff(Request request) {
        Coordinate file = FileRequests.coordinate(request);
        long to = request.queryLong("to", 0);
        long from = request.queryLong("from", 0);
        CompletableFuture<FileView> newer =
                to == 0 ? files.read(file, request.readLevel()) : files.read(file, to, request.readLevel());
        return newer.thenCompose(after -> {
            long older = from > 0 ? from : after.release().parent();
            if (older == 0)
                return Reply.json(200, diff(file, 0, Bytes.EMPTY, after.release()))
                        .revision(after.revision())
                        .now();
            return files.read(file, older, request.readLevel()).thenApply(before -> Reply.json(
                            200, diff(file, older, before.release().text(), after.release()))
                    .revision(after.revision()));
        });
    }

    private static ObjectNode diff(Coordinate file, long from, Bytes before, Release after) {
        return FileJson.diff(
                from,
                after.number(),
                LineDiff.between(before.toUtf8(), after.text().toUtf8()),
                KeyDiff.between(keys(file, before), keys(file, after.text())));
    }

    private static Map<String, String> keys(Coordinate file, Bytes text) {
        try {
            Map<String, String> keys = text.isEmpty() ? null : Documents.keys(file.file(), text);
            return keys == null ? Map.of() : keys;
        } catch (InvalidDocumentException e) {
            // Written before the present rules; its lines can still be compared.
            return Map.of();
        }
    }

    private static String etag(Release release) {
        return "\"" + release.number() + "\"";
    }
}
