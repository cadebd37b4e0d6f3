package dev.attune.cli.command;

import dev.attune.model.diff.LineDiff;
import dev.attune.model.diff.LineDiff.Kind;
import java.util.List;

/** The lines by which two texts differ, in the unified form with three lines around each place. */
final class UnifiedDiff {
    private static final int CONTEXT = 3;

    private final List<LineDiff.Line> lines;
    private final StringBuilder text = new StringBuilder();
    private int oldAt;
    private int newAt;

    private UnifiedDiff(List<LineDiff.Line> lines) {
        this.lines = lines;
    }

    /** The difference, empty when there is none. */
    static String of(String oldName, String oldText, String newName, String newText) {
        if (oldText.equals(newText)) return "";
        String head = "--- " + oldName + "\n+++ " + newName + "\n";
        if (oldText.lines().toList().equals(newText.lines().toList())) return head + "(only line ends differ)\n";
        var diff = new UnifiedDiff(LineDiff.between(oldText, newText));
        diff.hunks();
        return head + diff.text;
    }

    private void hunks() {
        int at = 0;
        int shown = 0;
        while (at < lines.size()) {
            if (lines.get(at).kind() == Kind.SAME) {
                at++;
                continue;
            }
            int start = Math.max(shown, at - CONTEXT);
            int end = hunkEnd(at);
            skip(shown, start);
            hunk(lines.subList(start, end));
            shown = end;
            at = end;
        }
    }

    private void skip(int from, int to) {
        for (LineDiff.Line line : lines.subList(from, to)) count(line);
    }

    private void count(LineDiff.Line line) {
        if (line.kind() != Kind.ADDED) oldAt++;
        if (line.kind() != Kind.REMOVED) newAt++;
    }

    private int hunkEnd(int firstChange) {
        int lastChange = firstChange;
        for (int i = firstChange; i < lines.size() && i - lastChange <= 2 * CONTEXT; i++) {
            if (lines.get(i).kind() != Kind.SAME) lastChange = i;
        }
        return Math.min(lines.size(), lastChange + CONTEXT + 1);
    }

    private void hunk(List<LineDiff.Line> hunk) {
        long oldCount = hunk.stream().filter(line -> line.kind() != Kind.ADDED).count();
        long newCount =
                hunk.stream().filter(line -> line.kind() != Kind.REMOVED).count();
        text.append("@@ -").append(oldAt + (oldCount == 0 ? 0 : 1)).append(',').append(oldCount);
        text.append(" +")
                .append(newAt + (newCount == 0 ? 0 : 1))
                .append(',')
                .append(newCount)
                .append(" @@\n");
        for (LineDiff.Line line : hunk) {
            char mark =
                    switch (line.kind()) {
                        case SAME -> ' ';
                        case REMOVED -> '-';
                        case ADDED -> '+';
                    };
            text.append(mark).append(line.text()).append('\n');
            count(line);
        }
    }
}
