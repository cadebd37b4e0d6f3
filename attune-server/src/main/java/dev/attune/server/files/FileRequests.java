package dev.attune.server.files;

import dev.attune.config.release.Draft;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.config.Names;
import dev.attune.model.config.Release;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What requests on files have in common: their address, their reason and their base. */
public final class FileRequests {
    /** Path of an application's files. */
    public static final String FILES = "/api/v1/envs/{env}/apps/{app}/files";

    /** Path of one file. */
    public static final String FILE = FILES + "/{file}";

    private FileRequests() {}

    static Route onFile(Route route) {
        return route.query("cluster", "cluster of the file; default when absent");
    }

    static Route withReason(Route route) {
        return onFile(route).query("message", "why, in your words");
    }

    /** With the parameters that say which instance is meant. */
    public static Route asInstance(Route route) {
        return route.query("instance", "id of the instance")
                .query("cluster", "where the instance's lookup starts; default when absent")
                .query("dataCentre", "second place of its lookup")
                .query("ip", "its address")
                .query("labels", "its labels, as key=value with commas between them");
    }

    /** The instance that {@link #asInstance} describes. */
    public static InstanceSpec instance(Request request) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String each : request.query("labels").orElse("").split(",", InstanceSpec.LABELS_MAX + 1)) {
            if (each.isEmpty()) continue;
            int sign = each.indexOf('=');
            if (sign < 1) throw invalid("labels: not understood (expected: key=value,key=value)");
            labels.put(each.substring(0, sign), each.substring(sign + 1));
        }
        return checked(() -> new InstanceSpec(
                request.query("instance").orElse("anonymous"),
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                request.query("dataCentre").orElse(""),
                request.query("ip").orElse(""),
                labels));
    }

    /** The file that the path and the cluster parameter name. */
    public static Coordinate coordinate(Request request) {
        return checked(() -> new Coordinate(
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                request.path("file")));
    }

    static Edit edit(Request request) {
        return new Edit(request.principal().name(), message(request), base(request));
    }

    /** The reason given, of bounded length. */
    public static String message(Request request) {
        return message(request.query("message").orElse(""));
    }

    static String message(String text) {
        if (text.length() > Release.MESSAGE_LENGTH_MAX)
            throw invalid(
                    "message: " + text.length() + " characters (expected: <= " + Release.MESSAGE_LENGTH_MAX + ")");
        return text;
    }

    private static long base(Request request) {
        if (request.header("If-None-Match").orElse("").equals("*")) return 0;
        Optional<String> match = request.header("If-Match");
        if (match.isEmpty()) return Draft.ANY_BASE;
        String number = match.get().replace("\"", "").trim();
        try {
            long base = Long.parseLong(number);
            if (base >= 0) return base;
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw invalid("If-Match: not a release number (expected: the ETag of the release you edited)");
    }

    /** A name out of a path. */
    public static String name(String what, String value) {
        return checked(() -> Names.require(what, value));
    }

    /** Makes a value out of what a caller sent; what it refuses is the caller's mistake. */
    public static <T> T checked(Supplier<T> make) {
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** The failure of a request that is malformed. */
    public static AttuneException invalid(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
