package dev.attune.server.scrape;

import dev.attune.model.signal.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what Prometheus reads: its text format 0.0.4 and OpenMetrics 1.0. Counters become totals, histograms spreads by the
 * middles of their buckets, everything else levels; times and exemplars are not looked at. A malformed line is left out and
 * counted. One text, one thread.
 */
final class PrometheusText {
    private final Map<String, String> types = new TreeMap<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private final Map<Series, TreeMap<Double, Double>> buckets = new LinkedHashMap<>();
    private final int most;
    private int malformed;

    private record Series(String name, SortedMap<String, String> labels) {}

    private PrometheusText(int most) {
        this.most = most;
    }

    /**
     * What a text holds.
     *
     * @param malformed lines that were left out, those beyond the bound among them
     */
    record Page(List<Measurement> measurements, int malformed) {}

    /** Reads a text, and no more than {@code most} samples of it. */
    static Page read(String text, int most) {
        PrometheusText page = new PrometheusText(most);
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            if (end < 0) end = text.length();
            page.line(text.substring(from, end).strip());
            from = end + 1;
        }
        page.histograms();
        return new Page(page.measurements, page.malformed);
    }

    private void line(String line) {
        if (line.isEmpty()) return;
        if (line.charAt(0) == '#') {
            String[] words = line.split("\\s+", 4);
            if (words.length == 4 && words[1].equals("TYPE") && types.size() < most) types.put(words[2], words[3]);
            return;
        }
        try {
            if (measurements.size() + buckets.size() >= most) throw new IllegalArgumentException("too many samples");
            new Line(line).read();
        } catch (IllegalArgumentException e) {
            malformed++;
        }
    }

    private final class Line {
        private final String text;
        private int at;

        Line(String text) {
            this.text = text;
        }

        void read() {
            int start = at;
            while (at < text.length() && text.charAt(at) != '{' && !Character.isWhitespace(text.charAt(at))) at++;
            String name = text.substring(start, at);
            if (name.isEmpty()) throw new IllegalArgumentException("no name");
            SortedMap<String, String> labels =
                    at < text.length() && text.charAt(at) == '{' ? labels() : new TreeMap<>();
            String rest = text.substring(at).strip();
            int end = 0;
            while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) end++;
            sample(name, labels, number(rest.substring(0, end)));
        }

        private SortedMap<String, String> labels() {
            SortedMap<String, String> labels = new TreeMap<>();
            at++;
            while (true) {
                skipBlanks();
                if (peek() == '}') break;
                int start = at;
                while (at < text.length() && text.charAt(at) != '=') at++;
                String name = text.substring(start, at).strip();
                at++;
                skipBlanks();
                labels.put(ours(name) ? "exported_" + name : name, quoted());
                skipBlanks();
                if (peek() == ',') at++;
            }
            at++;
            return labels;
        }

        private static boolean ours(String name) {
            return name.equals("instance") || name.equals("cohort");
        }

        private String quoted() {
            if (peek() != '"') throw new IllegalArgumentException("no quoted value");
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && at + 1 < text.length()) {
                    c = text.charAt(++at);
                    if (c == 'n') c = '\n';
                }
                value.append(c);
            }
            throw new IllegalArgumentException("a value does not end");
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }

        private char peek() {
            if (at >= text.length()) throw new IllegalArgumentException("labels do not end");
            return text.charAt(at);
        }
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> Double.parseDouble(text);
        };
    }

    private void sample(String name, SortedMap<String, String> labels, double value) {
        String type = types.getOrDefault(name, "");
        if (type.isEmpty()) {
            for (String suffix : new String[] {"_bucket", "_total", "_count", "_sum", "_created"}) {
                if (!name.endsWith(suffix)) continue;
                String family = types.getOrDefault(name.substring(0, name.length() - suffix.length()), "");
                if (family.isEmpty()) continue;
                ofFamily(name, suffix, family, labels, value);
                return;
            }
        }
        if (!Double.isFinite(value)) return;
        add(name, labels, type.equals("counter") ? new Measurement.Total(value) : new Measurement.Level(value));
    }

    private void ofFamily(String name, String suffix, String family, SortedMap<String, String> labels, double value) {
        // When a counter was made says nothing of what it counts.
        if (suffix.equals("_created")) return;
        boolean histogram = family.equals("histogram");
        if (suffix.equals("_bucket") && histogram) {
            SortedMap<String, String> without = new TreeMap<>(labels);
            String bound = without.remove("le");
            if (bound == null) throw new IllegalArgumentException("a bucket without le");
            Series series = new Series(name.substring(0, name.length() - suffix.length()), without);
            buckets.computeIfAbsent(series, none -> new TreeMap<>()).put(number(bound), value);
            return;
        }
        if (!Double.isFinite(value)) return;
        boolean grows = histogram || family.equals("summary") || (suffix.equals("_total") && family.equals("counter"));
        add(name, labels, grows ? new Measurement.Total(value) : new Measurement.Level(value));
    }

    private void histograms() {
        buckets.forEach((series, bounds) -> {
            double[] values = new double[bounds.size()];
            double[] counts = new double[bounds.size()];
            int i = 0;
            double low = 0;
            double below = 0;
            for (Map.Entry<Double, Double> each : bounds.entrySet()) {
                double high = each.getKey();
                values[i] = !Double.isFinite(high) ? low : low > 0 ? StrictMath.sqrt(low * high) : high / 2;
                counts[i++] = Math.max(0, each.getValue() - below);
                low = Double.isFinite(high) ? high : low;
                below = each.getValue();
            }
            if (values.length <= Measurement.Spread.VALUES_MAX)
                add(series.name, series.labels, new Measurement.Spread(values, counts, true));
        });
    }

    private void add(String name, SortedMap<String, String> labels, Measurement.Value value) {
        measurements.add(new Measurement(name, labels, 0, value));
    }
}
