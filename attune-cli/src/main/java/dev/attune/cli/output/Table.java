package dev.attune.cli.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Columns of text under headings, as wide as their content; the last one is not padded. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> headings) {
        rows.add(headings);
    }

    /** An empty table with these headings. */
    public static Table of(String... headings) {
        return new Table(List.of(headings));
    }

    /** Adds a row. */
    public Table row(Object... cells) {
        var row = new ArrayList<String>(cells.length);
        for (Object cell : cells) row.add(SafeText.line(String.valueOf(cell)));
        int columns = rows.get(0).size();
        if (cells.length != columns) {
            throw new IllegalArgumentException("cells: " + cells.length + " (expected: " + columns + ")");
        }
        rows.add(Collections.unmodifiableList(row));
        return this;
    }

    /** The table as lines, each ended by a newline. */
    public String text() {
        int columns = rows.get(0).size();
        var widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) widths[i] = Math.max(widths[i], width(row.get(i)));
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                text.append(row.get(i));
                if (i + 1 < columns)
                    text.append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
