package dev.attune.tuning.policy;

import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.policy.Action.Combine;
import dev.attune.tuning.policy.Action.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/** Reads what a policy changes and how. */
final class Actions {
    private static final long TICKS_OF_VERIFICATION = 3;
    private static final long VERIFY_MILLIS_MIN = 180_000;

    private Actions() {}

    static Action read(Fields spec, int keys, TuningPolicy.Rhythm rhythm) {
        List<KeyRange> ranges = ranges(spec, keys, rhythm);
        boolean enveloped = Double.isFinite(rhythm.limits().low())
                && Double.isFinite(rhythm.limits().high());
        // Outside of what is known to be safe, and for words, a change goes stage by stage (tuning §3.1).
        Strategy usual = enveloped && !ranges.isEmpty() ? Strategy.IMMEDIATE : Strategy.PROGRESSIVE;
        Strategy strategy = spec.word("strategy", Strategy.values(), usual);
        Combine combine = spec.word("combine", Combine.values(), Combine.PRIORITY);
        double priority = spec.number("priority", 0);
        if (priority != StrictMath.rint(priority))
            throw Fields.mistake(spec.need("priority"), "priority: " + priority + " (expected: a whole number)");
        String file = spec.text("file", Action.USUAL_FILE);
        long verify = spec.duration("verify", Math.max(VERIFY_MILLIS_MIN, TICKS_OF_VERIFICATION * rhythm.tickMillis()));
        long holdout = spec.duration("holdout", 0);
        return Fields.checked(
                spec.node(), () -> new Action(file, ranges, strategy, combine, (int) priority, verify, holdout));
    }

    /** As given, else the envelope in whole numbers; none for words. */
    private static List<KeyRange> ranges(Fields spec, int keys, TuningPolicy.Rhythm rhythm) {
        List<KeyRange> ranges = new ArrayList<>();
        if (spec.has("range")) ranges.add(range(spec.need("range")));
        for (Node each : spec.list("ranges")) ranges.add(range(each));
        double low = rhythm.limits().low();
        double high = rhythm.limits().high();
        if (ranges.isEmpty() && Double.isFinite(low) && Double.isFinite(high))
            for (int i = 0; i < keys; i++)
                ranges.add(Fields.checked(
                        spec.node(), () -> new KeyRange(low, high, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE)));
        if (!ranges.isEmpty() && ranges.size() != keys)
            throw Fields.mistake(spec.node(), "ranges: " + ranges.size() + " (expected: one for each of the keys)");
        return ranges;
    }

    private static KeyRange range(Node node) {
        Fields range = new Fields(node);
        double min = Fields.number(range.need("min"), "min");
        double max = Fields.number(range.need("max"), "max");
        double step = range.number("step", 1);
        KeyRange.Scale scale = range.word("scale", KeyRange.Scale.values(), KeyRange.Scale.LINEAR);
        KeyRange.Relief relief = range.word("relief", KeyRange.Relief.values(), KeyRange.Relief.NONE);
        range.end();
        return Fields.checked(node, () -> new KeyRange(min, max, step, scale, relief));
    }
}
