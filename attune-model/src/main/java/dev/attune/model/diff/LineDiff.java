package dev.attune.model.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The shortest edit between two texts by line.
 *
 * <p>Idea: common head and tail are cut off, then E. Myers, "An O(ND) Difference Algorithm" (1986), the greedy
 * forward form that remembers the furthest point per diagonal and edit count and walks back. Work and memory grow with
 * the square of the number of edits, so beyond {@value #EDITS_MAX} edits the middle is told as removed and added
 * whole: longer than needed, never wrong.
 */
public final class LineDiff {
    /** Up to how many removed and added lines the edit is the shortest one. */
    public static final int EDITS_MAX = 1000;

    /** What happened to a line. */
    public enum Kind {
        SAME,
        REMOVED,
        ADDED
    }

    /**
     * One line of the edit.
     *
     * @param before 1-based number in the old text, 0 for an added line
     * @param after 1-based number in the new text, 0 for a removed line
     * @param text without its line feed; a last line that lost or got its line feed is told as removed and added
     */
    public record Line(Kind kind, int before, int after, String text) {}

    private final List<String> a;
    private final List<String> b;
    private final List<Line> lines = new ArrayList<>();

    private LineDiff(List<String> a, List<String> b) {
        this.a = a;
        this.b = b;
    }

    /** Every line of both texts, in order, as the edit that turns {@code before} into {@code after}. */
    public static List<Line> between(String before, String after) {
        return new LineDiff(split(before), split(after)).run();
    }

    private List<Line> run() {
        int head = 0;
        while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) head++;
        int tail = 0;
        while (tail < a.size() - head
                && tail < b.size() - head
                && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) tail++;
        for (int i = 0; i < head; i++) same(i, i);
        middle(head, a.size() - tail, b.size() - tail);
        for (int i = tail; i > 0; i--) same(a.size() - i, b.size() - i);
        return lines;
    }

    private void middle(int from, int aEnd, int bEnd) {
        List<int[]> trace = search(from, aEnd, bEnd);
        if (trace.isEmpty()) {
            for (int i = from; i < aEnd; i++) removed(i);
            for (int i = from; i < bEnd; i++) added(i);
            return;
        }
        List<Line> backward = walkBack(trace, from, aEnd, bEnd);
        Collections.reverse(backward);
        lines.addAll(backward);
    }

    /** The furthest points after 0, 1, 2 … edits, the last of which reaches the end; empty when too many are needed. */
    private List<int[]> search(int from, int aEnd, int bEnd) {
        int n = aEnd - from;
        int m = bEnd - from;
        int most = Math.min(n + m, EDITS_MAX);
        List<int[]> trace = new ArrayList<>();
        int[] furthest = new int[2 * most + 3];
        int zero = most + 1;
        for (int d = 0; d <= most; d++) {
            for (int k = -d; k <= d; k += 2) {
                boolean down = k == -d || (k != d && furthest[zero + k - 1] < furthest[zero + k + 1]);
                int x = down ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
                while (x < n && x - k >= 0 && x - k < m && a.get(from + x).equals(b.get(from + x - k))) x++;
                furthest[zero + k] = x;
                if (x >= n && x - k >= m) {
                    trace.add(Arrays.copyOfRange(furthest, zero - d, zero + d + 1));
                    return trace;
                }
            }
            trace.add(Arrays.copyOfRange(furthest, zero - d, zero + d + 1));
        }
        return List.of();
    }

    private List<Line> walkBack(List<int[]> trace, int from, int aEnd, int bEnd) {
        List<Line> backward = new ArrayList<>();
        int x = aEnd - from;
        int y = bEnd - from;
        for (int d = trace.size() - 1; d > 0; d--) {
            int[] previous = trace.get(d - 1);
            int k = x - y;
            boolean down = k == -d || (k != d && at(previous, d - 1, k - 1) < at(previous, d - 1, k + 1));
            int fromX = at(previous, d - 1, down ? k + 1 : k - 1);
            int fromY = fromX - (down ? k + 1 : k - 1);
            while (x > fromX && y > fromY) backward.add(sameLine(from + --x, from + --y));
            if (down) backward.add(addedLine(from + --y));
            else backward.add(removedLine(from + --x));
        }
        while (x > 0 && y > 0) backward.add(sameLine(from + --x, from + --y));
        return backward;
    }

    private static int at(int[] furthest, int d, int k) {
        int index = k + d;
        return index < 0 || index >= furthest.length ? -1 : furthest[index];
    }

    private void same(int i, int j) {
        lines.add(sameLine(i, j));
    }

    private void removed(int i) {
        lines.add(removedLine(i));
    }

    private void added(int j) {
        lines.add(addedLine(j));
    }

    private Line sameLine(int i, int j) {
        return new Line(Kind.SAME, i + 1, j + 1, shown(a.get(i)));
    }

    private Line removedLine(int i) {
        return new Line(Kind.REMOVED, i + 1, 0, shown(a.get(i)));
    }

    private Line addedLine(int j) {
        return new Line(Kind.ADDED, 0, j + 1, shown(b.get(j)));
    }

    private static String shown(String line) {
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    /** Lines with their line feeds; the last may have none. */
    private static List<String> split(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed + 1;
            lines.add(text.substring(start, end));
            start = end;
        }
        return lines;
    }
}
