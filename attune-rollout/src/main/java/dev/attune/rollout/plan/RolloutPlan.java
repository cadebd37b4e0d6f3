package dev.attune.rollout.plan;

import java.util.List;
import java.util.TreeSet;

/**
 * What a rollout is to do.
 *
 * @param files of one environment, moved as one
 * @param author who asked for it
 * @param webhook where its end is told; empty for nowhere
 * @param lostAfterMillis how long an instance may be without connection before it counts as lost
 * @param change id of the change whose edits these files are; empty for none
 */
public record RolloutPlan(
        List<FileMove> files,
        Strategy strategy,
        String author,
        String message,
        String webhook,
        long lostAfterMillis,
        String change) {
    /** Most files of one rollout: as many as a change has. */
    public static final int FILES_MAX = 40;

    /** Longest author, in characters. */
    public static final int AUTHOR_MAX = 256;

    /** Longest message, in characters. */
    public static final int MESSAGE_MAX = 4096;

    /** Longest address of a webhook, in characters. */
    public static final int WEBHOOK_MAX = 2048;

    /** Longest id of a change, in characters. */
    public static final int CHANGE_MAX = 128;

    /** A plan of files that are of no change. */
    public RolloutPlan(
            List<FileMove> files,
            Strategy strategy,
            String author,
            String message,
            String webhook,
            long lostAfterMillis) {
        this(files, strategy, author, message, webhook, lostAfterMillis, "");
    }

    public RolloutPlan {
        files = List.copyOf(files);
        if (files.isEmpty() || files.size() > FILES_MAX)
            throw new IllegalArgumentException("files: " + files.size() + " (expected: 1.." + FILES_MAX + ")");
        TreeSet<String> names = new TreeSet<>();
        for (FileMove each : files) {
            if (!names.add(each.file().toString()))
                throw new IllegalArgumentException("files: " + each.file() + " twice (expected: once)");
            if (!each.file().environment().equals(files.get(0).file().environment()))
                throw new IllegalArgumentException("files: of several environments (expected: one)");
        }
        requireLength("author", author, AUTHOR_MAX);
        requireLength("message", message, MESSAGE_MAX);
        requireLength("webhook", webhook, WEBHOOK_MAX);
        requireLength("change", change, CHANGE_MAX);
        Deadlines.requireMillis("lostAfterMillis", 1, lostAfterMillis);
    }

    /** The environment that all files lie in. */
    public String environment() {
        return files.get(0).file().environment();
    }

    /** This plan over {@code moved} files. */
    public RolloutPlan withFiles(List<FileMove> moved) {
        return new RolloutPlan(moved, strategy, author, message, webhook, lostAfterMillis, change);
    }

    private static void requireLength(String what, String text, int max) {
        if (text.length() > max)
            throw new IllegalArgumentException(what + ": " + text.length() + " characters (expected: <= " + max + ")");
    }
}
