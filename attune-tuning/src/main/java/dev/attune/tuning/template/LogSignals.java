package dev.attune.tuning.template;

import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.SeriesId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns log lines into signals: lines by level, lines by template, and error templates that are new. Counts until they are
 * taken, once a step, so that a line costs no sample of its own. Above a budget of lines per second only a share is mined
 * for templates, and their counts are scaled up; levels are always counted whole. One thread.
 */
public final class LogSignals {
    private static final int LINES_PER_SECOND = 2_000;

    private final LogTemplates templates;
    private final Map<String, Map<String, Long>> levels = new TreeMap<>();
    private final Map<String, Map<String, Double>> byTemplate = new TreeMap<>();
    private final Map<String, Long> fresh = new TreeMap<>();
    private long second = Long.MIN_VALUE;
    private long linesInSecond;
    private long notMined;

    public LogSignals(LogTemplates templates) {
        this.templates = templates;
    }

    /**
     * What became of a line.
     *
     * @param template its template's id; empty when the line was only counted
     * @param isNew whether it is the first of its template
     */
    public record Mined(String template, boolean isNew) {}

    /** Takes a line that came now. */
    public Mined add(String instance, String level, String text, long nowMillis) {
        levels.computeIfAbsent(instance, each -> new TreeMap<>()).merge(level, 1L, Long::sum);
        long now = Math.floorDiv(nowMillis, 1_000L);
        if (now != second) {
            second = now;
            linesInSecond = 0;
        }
        linesInSecond++;
        // Over the budget every second line is mined, then every third, and so on.
        long every = (linesInSecond - 1) / LINES_PER_SECOND + 1;
        if (linesInSecond % every != 0) {
            notMined++;
            return new Mined("", false);
        }
        LogTemplate template = templates.add(text, nowMillis);
        byTemplate.computeIfAbsent(instance, each -> new TreeMap<>()).merge(template.id(), (double) every, Double::sum);
        boolean isNew = template.lines() == 1;
        if (isNew && level.equals("ERROR")) fresh.merge(instance, 1L, Long::sum);
        return new Mined(template.id(), isNew);
    }

    /** What was counted since the last time, as increases at {@code nowMillis}. */
    public List<Sample> take(long nowMillis) {
        List<Sample> samples = new ArrayList<>();
        levels.forEach((instance, counts) -> counts.forEach((level, count) ->
                samples.add(increase("log_lines_total", instance, Map.of("level", level), (double) count, nowMillis))));
        byTemplate.forEach((instance, counts) -> counts.forEach((id, count) ->
                samples.add(increase("log_template_total", instance, Map.of("id", id), count, nowMillis))));
        fresh.forEach((instance, count) ->
                samples.add(increase("log_new_error_templates", instance, Map.of(), (double) count, nowMillis)));
        // A known series goes on with 0: silence of a log is an answer, not a gap.
        levels.values().forEach(counts -> counts.replaceAll((level, count) -> 0L));
        levels.keySet().forEach(instance -> fresh.put(instance, 0L));
        for (Map<String, Double> counts : byTemplate.values()) {
            if (counts.size() > LogTemplates.TEMPLATES_MAX) counts.clear();
            counts.replaceAll((id, count) -> 0.0);
        }
        return samples;
    }

    /** An instance has left: its series end. */
    public void forget(String instance) {
        levels.remove(instance);
        byTemplate.remove(instance);
        fresh.remove(instance);
    }

    /** How many lines were counted by level only. */
    public long notMined() {
        return notMined;
    }

    private static Sample increase(
            String metric, String instance, Map<String, String> labels, double count, long nowMillis) {
        return new Sample.Increase(SeriesId.of(metric, instance, labels), nowMillis, count);
    }
}
