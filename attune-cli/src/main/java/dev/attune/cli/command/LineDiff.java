package dev.attune.cli.command;

import java.util.ArrayList;
import java.util.List;

/**
 * The lines by which two texts differ, in the unified form with three lines around each place.
 *
 * <p>Greedy shortest edit script (Myers 1986): row {@code d} holds how far {@code d} edits reach on each diagonal; the
 * rows are walked back to find the edits. Space grows with the square of the number of edits, so very different texts
 * are shown as one replacement.
 */
final class LineDiff {
    private static final int CONTEXT = 3;
    private static final int EDITS_MAX = 2000;

    private record Edit(char kind, String line, int oldAt, int newAt) {}

    private LineDiff() {}

    /** The difference, empty when there is none. */
    static String unified(String oldName, String oldText, String newName, String newText) {
        List<String> before = lines(oldText);
        List<String> after = lines(newText);
        List<Edit> edits = edits(before, after);
        if (edits.stream().allMatch(edit -> edit.kind() == ' ')) {
            // Equal line by line: only the newline at the end can differ.
            return oldText.equals(newText) ? "" : "--- " + oldName + "\n+++ " + newName + "\n(only line ends differ)\n";
        }
        var text = new StringBuilder("--- " + oldName + "\n+++ " + newName + "\n");
        int at = 0;
        while (at < edits.size()) {
            if (edits.get(at).kind() == ' ') {
                at++;
                continue;
            }
            int start = Math.max(0, at - CONTEXT);
            int end = hunkEnd(edits, at);
            hunk(edits.subList(start, end), text);
            at = end;
        }
        return text.toString();
    }

    private static int hunkEnd(List<Edit> edits, int firstChange) {
        int lastChange = firstChange;
        for (int i = firstChange; i < edits.size() && i - lastChange <= 2 * CONTEXT; i++) {
            if (edits.get(i).kind() != ' ') lastChange = i;
        }
        return Math.min(edits.size(), lastChange + CONTEXT + 1);
    }

    private static void hunk(List<Edit> edits, StringBuilder text) {
        long oldCount = edits.stream().filter(edit -> edit.kind() != '+').count();
        long newCount = edits.stream().filter(edit -> edit.kind() != '-').count();
        int oldStart = edits.get(0).oldAt() + (oldCount == 0 ? 0 : 1);
        int newStart = edits.get(0).newAt() + (newCount == 0 ? 0 : 1);
        text.append("@@ -").append(oldStart).append(',').append(oldCount);
        text.append(" +").append(newStart).append(',').append(newCount).append(" @@\n");
        for (Edit edit : edits) text.append(edit.kind()).append(edit.line()).append('\n');
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    private static List<Edit> edits(List<String> before, List<String> after) {
        var reached = new ArrayList<int[]>();
        int n = before.size();
        int m = after.size();
        for (int d = 0; d <= Math.min(n + m, EDITS_MAX); d++) {
            var row = new int[2 * d + 1];
            reached.add(row);
            for (int k = -d; k <= d; k += 2) {
                int x = d == 0 ? 0 : startOf(reached.get(d - 1), d, k);
                int y = x - k;
                while (x < n && y < m && before.get(x).equals(after.get(y))) {
                    x++;
                    y++;
                }
                row[k + d] = x;
                if (x >= n && y >= m) return walkBack(reached, before, after);
            }
        }
        return replaceAll(before, after);
    }

    /** Where diagonal {@code k} of row {@code d} starts: one edit further than the better neighbour before it. */
    private static int startOf(int[] previous, int d, int k) {
        boolean down = k == -d || k != d && previous[k - 1 + d - 1] < previous[k + 1 + d - 1];
        return down ? previous[k + 1 + d - 1] : previous[k - 1 + d - 1] + 1;
    }

    private static List<Edit> walkBack(List<int[]> reached, List<String> before, List<String> after) {
        var edits = new ArrayList<Edit>();
        int x = before.size();
        int y = after.size();
        for (int d = reached.size() - 1; d >= 0; d--) {
            int k = x - y;
            int startX = d == 0 ? 0 : startOf(reached.get(d - 1), d, k);
            int startY = startX - k;
            while (x > startX && y > startY) {
                x--;
                y--;
                edits.add(new Edit(' ', before.get(x), x, y));
            }
            if (d == 0) break;
            int[] previous = reached.get(d - 1);
            boolean down = k == -d || k != d && previous[k - 1 + d - 1] < previous[k + 1 + d - 1];
            if (down) {
                y--;
                edits.add(new Edit('+', after.get(y), x, y));
            } else {
                x--;
                edits.add(new Edit('-', before.get(x), x, y));
            }
        }
        java.util.Collections.reverse(edits);
        return edits;
    }

    private static List<Edit> replaceAll(List<String> before, List<String> after) {
        var edits = new ArrayList<Edit>();
        for (int i = 0; i < before.size(); i++) edits.add(new Edit('-', before.get(i), i, 0));
        for (int i = 0; i < after.size(); i++) edits.add(new Edit('+', after.get(i), before.size(), i));
        return edits;
    }
}
