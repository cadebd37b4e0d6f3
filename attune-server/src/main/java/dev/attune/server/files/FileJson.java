package dev.attune.server.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.diff.KeyDiff;
import dev.attune.config.format.Documents;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.config.release.Pointer;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.diff.LineDiff;
import dev.attune.server.http.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Files as JSON documents. */
final class FileJson {
    private FileJson() {}

    /** A release without its text. */
    static ObjectNode release(Release release) {
        ObjectNode json = Json.object();
        json.put("release", release.number());
        json.put("kind", release.kind().name());
        json.put("author", release.author());
        json.put("message", release.message());
        json.put("time", Instant.ofEpochMilli(release.timeMillis()).toString());
        json.put("revision", release.revision());
        if (release.parent() > 0) json.put("parent", release.parent());
        else json.putNull("parent");
        json.put("sha256", release.sha256());
        json.put("md5", release.md5());
        json.put("size", release.text().size());
        return json;
    }

    static ObjectNode view(Coordinate file, FileView view, UnaryOperator<Map<String, String>> shown) {
        ObjectNode json = coordinate(Json.object(), file);
        json.setAll(release(view.release()));
        json.put("current", view.isCurrent());
        json.put("text", view.release().text().toUtf8());
        keys(file, view.release()).ifPresent(keys -> {
            ObjectNode map = json.putObject("keys");
            shown.apply(keys).forEach(map::put);
        });
        return json;
    }

    static ObjectNode listing(FileListing listing, Optional<String> cluster) {
        ObjectNode json = Json.object();
        json.put("revision", listing.revision());
        ArrayNode files = json.putArray("files");
        for (FileListing.Entry entry : listing.files()) {
            if (cluster.isPresent() && !cluster.get().equals(entry.file().cluster())) continue;
            Pointer pointer = entry.pointer();
            ObjectNode file = coordinate(files.addObject(), entry.file());
            file.put("release", pointer.stable());
            file.put("revision", pointer.revision());
            file.put("author", pointer.author());
            file.put("time", Instant.ofEpochMilli(pointer.timeMillis()).toString());
            file.put("sha256", pointer.sha256());
        }
        return json;
    }

    static ObjectNode history(History history) {
        ObjectNode json = Json.object();
        json.put("revision", history.revision());
        if (history.current() > 0) json.put("current", history.current());
        else json.putNull("current");
        ArrayNode releases = json.putArray("releases");
        for (Release release : history.releases()) releases.add(release(release));
        if (history.before() > 0) json.put("before", history.before());
        else json.putNull("before");
        return json;
    }

    static ObjectNode diff(long from, long to, List<LineDiff.Line> lines, List<KeyDiff.Entry> keys) {
        ObjectNode json = Json.object();
        json.put("from", from);
        json.put("to", to);
        ArrayNode lineArray = json.putArray("lines");
        for (LineDiff.Line line : lines) {
            ObjectNode each = lineArray.addObject();
            each.put("kind", line.kind().name().toLowerCase(Locale.ROOT));
            if (line.before() > 0) each.put("before", line.before());
            if (line.after() > 0) each.put("after", line.after());
            each.put("text", line.text());
        }
        ArrayNode keyArray = json.putArray("keys");
        for (KeyDiff.Entry entry : keys) {
            ObjectNode each = keyArray.addObject();
            each.put("key", entry.key());
            if (entry.before() != null) each.put("before", entry.before());
            if (entry.after() != null) each.put("after", entry.after());
        }
        return json;
    }

    private static ObjectNode coordinate(ObjectNode json, Coordinate file) {
        json.put("environment", file.environment());
        json.put("application", file.application());
        json.put("cluster", file.cluster());
        json.put("file", file.file());
        return json;
    }

    private static Optional<Map<String, String>> keys(Coordinate file, Release release) {
        try {
            return Optional.ofNullable(Documents.keys(file.file(), release.text()));
        } catch (InvalidDocumentException e) {
            // Written before the present rules: readable as text all the same.
            return Optional.empty();
        }
    }
}
