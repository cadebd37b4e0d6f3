package dev.attune.bench.bed;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A picture of runs under one another: the setting and what came of it over time, phases shaded. */
final class Chart {
    private static final int WIDTH = 900;
    private static final int LEFT = 150;
    private static final int RIGHT = 60;
    private static final int TOP = 46;
    private static final int PANEL = 96;
    private static final int GAP = 14;
    private static final int POINTS_MAX = 240;
    private static final String SETTING = "#c2571a";
    private static final String FIGURE = "#1f5fa8";

    private final StringBuilder svg = new StringBuilder();

    /**
     * What is drawn beside the setting.
     *
     * @param name in the legend
     * @param value of a tick
     * @param top of the axis
     * @param limit where a line is drawn; not a number for none
     */
    record Figure(String name, ToDoubleFunction<Trace.Row> value, double top, double limit) {}

    private Chart() {}

    /** Draws. */
    static String of(String title, Bed bed, List<Trace> traces, Figure figure) {
        Chart chart = new Chart();
        int height = TOP + traces.size() * (PANEL + GAP) + 24;
        chart.add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">",
                WIDTH, height);
        chart.add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
        chart.add("<text x=\"8\" y=\"17\" font-size=\"13\" font-weight=\"bold\">%s</text>", escaped(title));
        chart.add(
                "<text x=\"8\" y=\"34\" fill=\"%s\">%s (left, logarithmic %d to %d)</text>",
                SETTING, bed.key(), bed.bounds().least(), bed.bounds().most());
        chart.add(
                "<text x=\"300\" y=\"34\" fill=\"%s\">%s (right, 0 to %s)</text>",
                FIGURE, escaped(figure.name()), number(figure.top()));
        for (int i = 0; i < traces.size(); i++) chart.panel(bed, traces.get(i), figure, TOP + i * (PANEL + GAP));
        chart.add("</svg>");
        return chart.svg.toString();
    }

    private void panel(Bed bed, Trace trace, Figure figure, int y) {
        List<Trace.Row> rows = trace.rows();
        double end = rows.isEmpty() ? 1 : rows.get(rows.size() - 1).seconds();
        int inner = WIDTH - LEFT - RIGHT;
        int phases = bed.phases().size();
        for (int i = 0; i < phases; i++) {
            int x = LEFT + inner * i / phases;
            add(
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                    x, y, inner / phases, PANEL, i % 2 == 0 ? "#f1f1f1" : "#e2e6ec");
            add(
                    "<text x=\"%d\" y=\"%d\" fill=\"#666\">%s</text>",
                    x + 4, y + 12, escaped(bed.phases().get(i).name()));
        }
        add("<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s</text>", y + 40, escaped(trace.contender()));
        add("<text x=\"8\" y=\"%d\" fill=\"#666\">%.0f s</text>", y + 56, end);
        for (int value : new int[] {bed.bounds().least(), bed.bounds().most()})
            add(
                    "<text x=\"%d\" y=\"%.0f\" fill=\"%s\" text-anchor=\"end\">%d</text>",
                    LEFT - 4, y + at(bed, value) + (value == bed.bounds().most() ? 10 : 0), SETTING, value);
        add("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", WIDTH - RIGHT + 4, y + 10, FIGURE, number(figure.top()));
        add("<text x=\"%d\" y=\"%d\" fill=\"%s\">0</text>", WIDTH - RIGHT + 4, y + PANEL, FIGURE);
        if (!Double.isNaN(figure.limit())) {
            double limit = y + PANEL * (1 - figure.limit() / figure.top());
            add(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#b00020\" stroke-dasharray=\"4 3\"/>",
                    LEFT, limit, WIDTH - RIGHT, limit);
        }
        line(
                rows,
                end,
                FIGURE,
                row -> y + PANEL * (1 - Math.min(1, figure.value().applyAsDouble(row) / figure.top())));
        line(rows, end, SETTING, row -> y + at(bed, row.setting()));
    }

    private static double at(Bed bed, double setting) {
        double least = bed.bounds().least();
        double place = Math.log(Math.max(least, setting) / least)
                / Math.log(bed.bounds().most() / least);
        return PANEL * (1 - place);
    }

    private void line(List<Trace.Row> rows, double end, String colour, ToDoubleFunction<Trace.Row> y) {
        StringBuilder points = new StringBuilder();
        int step = Math.max(1, (rows.size() + POINTS_MAX - 1) / POINTS_MAX);
        for (int i = 0; i < rows.size(); i += step) {
            int to = Math.min(rows.size(), i + step);
            double mean = rows.subList(i, to).stream().mapToDouble(y).average().orElse(0);
            double x = LEFT + (WIDTH - LEFT - RIGHT) * rows.get(to - 1).seconds() / end;
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, mean));
        }
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.4\"/>",
                points.toString().strip(), colour);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
