package dev.attune.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A path with parameters, matched on the undecoded path so that no encoding trick reaches another route. */
final class PathTemplate implements Comparable<PathTemplate> {
    private final List<String> segments;
    private final boolean rest;

    PathTemplate(String template) {
        segments = List.of(template.substring(1).split("/", -1));
        rest = segments.get(segments.size() - 1).endsWith("*}");
    }

    /** The raw (still encoded) parameters, or null when {@code path} does not match. */
    @Nullable Map<String, String> match(List<String> path) {
        if (rest ? path.size() < segments.size() : path.size() != segments.size()) return null;
        Map<String, String> parameters = new TreeMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String want = segments.get(i);
            if (isParameter(want))
                parameters.put(name(want), rest && i == segments.size() - 1 ? tail(path, i) : path.get(i));
            else if (!want.equals(path.get(i))) return null;
        }
        return parameters;
    }

    List<String> parameterNames() {
        List<String> names = new ArrayList<>();
        for (String each : segments) if (isParameter(each)) names.add(name(each));
        return names;
    }

    /** Literal segments come before parameters, and those before a rest, so that the most exact route wins. */
    @Override
    public int compareTo(PathTemplate other) {
        for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
            int order = Integer.compare(rank(segments.get(i)), rank(other.segments.get(i)));
            if (order != 0) return order;
        }
        return 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathTemplate that && segments.equals(that.segments);
    }

    @Override
    public int hashCode() {
        return segments.hashCode();
    }

    private static String tail(List<String> path, int from) {
        return String.join("/", path.subList(from, path.size()));
    }

    private static int rank(String segment) {
        return !isParameter(segment) ? 0 : segment.endsWith("*}") ? 2 : 1;
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    private static String name(String segment) {
        return segment.substring(1, segment.length() - (segment.endsWith("*}") ? 2 : 1));
    }
}
