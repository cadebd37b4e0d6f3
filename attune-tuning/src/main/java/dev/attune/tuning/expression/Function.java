package dev.attune.tuning.expression;

import dev.attune.tuning.signal.Reading;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalQuery;
import java.util.List;

/**
 * The functions of expressions. Letters stand for the kinds of arguments: {@code S} a selector, {@code W} a duration,
 * {@code N} a number, {@code T} a text.
 */
enum Function {
    RATE("rate", "SW", (c, a) -> c.query.rate(sel(a, 0), ms(a, 1))),
    INCREASE("increase", "SW", (c, a) -> c.query.increase(sel(a, 0), ms(a, 1))),
    AVG("avg", "SW", (c, a) -> c.query.avg(sel(a, 0), ms(a, 1))),
    MIN("min", "SW", (c, a) -> c.query.min(sel(a, 0), ms(a, 1))),
    MAX("max", "SW", (c, a) -> c.query.max(sel(a, 0), ms(a, 1))),
    SUM("sum", "SW", (c, a) -> c.query.sum(sel(a, 0), ms(a, 1))),
    STDDEV("stddev", "SW", (c, a) -> c.query.stddev(sel(a, 0), ms(a, 1))),
    LAST("last", "S", (c, a) -> c.query.last(sel(a, 0))),
    COUNT("count", "S", (c, a) -> c.query.count(sel(a, 0))),
    INSTANCES("instances", "S", (c, a) -> c.query.instances(sel(a, 0))),
    QUANTILE("quantile", "NSW", (c, a) -> c.query.quantile(num(a, 0), sel(a, 1), ms(a, 2))),
    RATIO("ratio", "SSW", (c, a) -> c.query.ratio(sel(a, 0), sel(a, 1), ms(a, 2))),
    EWMA("ewma", "SW", (c, a) -> c.query.ewma(sel(a, 0), ms(a, 1))),
    BASELINE("baseline", "S", (c, a) -> c.query.baseline(sel(a, 0))),
    ZSCORE("zscore", "SW", (c, a) -> c.query.zscore(sel(a, 0), ms(a, 1))),
    DELTA(
            "delta_after_change",
            "SW",
            (c, a) -> c.query.deltaAfterChange(sel(a, 0), ms(a, 1), c.facts.changedAtMillis())),
    COVERAGE("coverage", "SW", (c, a) -> c.query.coverage(sel(a, 0), ms(a, 1))),
    ABSENT("absent", "SW", (c, a) -> known(c.query.absent(sel(a, 0), ms(a, 1)) ? 1 : 0)),
    LOGS("logs", "TW", (c, a) -> c.query.increase(labelled("log_lines_total", "level", a), ms(a, 1))),
    LOG_TEMPLATE("log_template", "TW", (c, a) -> c.query.increase(labelled("log_template_total", "id", a), ms(a, 1))),
    NEW_TEMPLATES("new_templates", "W", (c, a) -> c.query.increase(Selector.of("log_new_error_templates"), ms(a, 0))),
    CURRENT("current", "T", (c, a) -> known(c.facts.current((String) a.get(0)))),
    APPLIED_FOR("appliedFor", "T", (c, a) -> known(c.facts.appliedForSeconds((String) a.get(0)))),
    LEAST("least", "NN", (c, a) -> known(Math.min(num(a, 0), num(a, 1)))),
    GREATEST("greatest", "NN", (c, a) -> known(Math.max(num(a, 0), num(a, 1)))),
    /** Goodput less a penalty for the share by which a latency is over its objective (tuning §3.4). */
    SLO_SCORE("slo_score", "NNNN", (c, a) -> known(num(a, 0) - num(a, 3) * Math.max(0, num(a, 1) / num(a, 2) - 1)));

    private static final long WINDOW_MILLIS_MAX = 14L * 24 * 3_600_000;

    final String celName;
    final String arguments;
    // Bodies hold nothing that changes.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Body body;

    Function(String celName, String arguments, Body body) {
        this.celName = celName;
        this.arguments = arguments;
        this.body = body;
    }

    private interface Body {
        Reading read(Context context, List<Object> arguments);
    }

    /** What functions are asked about. */
    static final class Context {
        final SignalQuery query;
        final Facts facts;

        Context(SignalQuery query, Facts facts) {
            this.query = query;
            this.facts = facts;
        }
    }

    Reading read(Context context, List<Object> given) {
        for (int i = 0; i < given.size(); i++) {
            if (arguments.charAt(i) != 'W') continue;
            long millis = ms(given, i);
            if (millis <= 0 || millis > WINDOW_MILLIS_MAX)
                return new Reading(Double.NaN, 0, 0, "window: " + millis + " ms (expected: up to 14 d)");
        }
        return body.read(context, given);
    }

    /** Whether the answer comes from signals and belongs into a record of what was read. */
    boolean readsSignals() {
        return arguments.indexOf('S') >= 0 || this == LOGS || this == LOG_TEMPLATE || this == NEW_TEMPLATES;
    }

    /** The call as a person would write it. */
    String question(List<Object> given) {
        StringBuilder text = new StringBuilder(celName).append('(');
        for (int i = 0; i < given.size(); i++) {
            if (i > 0) text.append(',');
            text.append(given.get(i));
            if (arguments.charAt(i) == 'W') text.append('s');
        }
        return text.append(')').toString();
    }

    private static Selector sel(List<Object> arguments, int index) {
        return (Selector) arguments.get(index);
    }

    private static double num(List<Object> arguments, int index) {
        return (Double) arguments.get(index);
    }

    private static long ms(List<Object> arguments, int index) {
        return (long) (num(arguments, index) * 1_000);
    }

    private static Selector labelled(String metric, String label, List<Object> arguments) {
        String value = ((String) arguments.get(0)).replace("\\", "\\\\").replace("\"", "\\\"");
        return Selector.parse(metric + "{" + label + "=\"" + value + "\"}");
    }

    private static Reading known(double value) {
        return Double.isFinite(value) ? new Reading(value, 1, 0, "") : new Reading(Double.NaN, 0, 0, "not known");
    }
}
