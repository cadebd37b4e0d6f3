package dev.attune.tuning.decision;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Caution;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.guard.GuardState;
import java.util.ArrayList;
import java.util.List;

/**
 * What a climb remembers from tick to tick. Part of every record, so that a new leader knows of the trial that runs.
 *
 * @param search where the climb stands
 * @param caution what it knows of its guards
 * @param guards of the keys
 * @param trialSinceMillis since when a candidate runs; the greatest long while none does
 * @param trials when the last candidates ran: not all instances had the same value then
 * @param tripped why the climb is no longer trusted; empty while it is
 */
public record ClimbMemory(
        HillClimb.State search,
        Caution caution,
        GuardState guards,
        long trialSinceMillis,
        List<Span> trials,
        String tripped) {
    /** So many trials are remembered; of what was before the oldest of so many, nothing is known. */
    public static final int TRIALS_MAX = 24;

    public ClimbMemory {
        trials = List.copyOf(trials);
    }

    /** From a moment until another. */
    public record Span(long fromMillis, long toMillis) {}

    /** A climb that begins at the values in force. */
    public static ClimbMemory start(HillClimb climb, double[] current, int changesPerHour, long nowMillis) {
        return new ClimbMemory(
                climb.start(current, nowMillis),
                Caution.NONE,
                GuardState.start(changesPerHour, nowMillis),
                Long.MAX_VALUE,
                List.of(),
                "");
    }

    /** Whether a candidate runs. */
    public boolean tries() {
        return trialSinceMillis != Long.MAX_VALUE;
    }

    /** With a candidate that begins now. */
    public ClimbMemory trying(long nowMillis) {
        return new ClimbMemory(search, caution, guards.changed(nowMillis), nowMillis, trials, tripped);
    }

    /** Once the candidate has ended. */
    ClimbMemory tried(HillClimb.State next, Caution known, GuardState state, long nowMillis) {
        List<Span> spans = new ArrayList<>(trials);
        spans.add(new Span(trialSinceMillis, nowMillis));
        if (spans.size() > TRIALS_MAX) spans.remove(0);
        return new ClimbMemory(next, known, state, Long.MAX_VALUE, spans, tripped);
    }

    ClimbMemory looked(HillClimb.State next, Caution known) {
        return new ClimbMemory(next, known, guards, trialSinceMillis, trials, tripped);
    }

    /** After what everybody had was taken back: it is barred, and a second time within an hour trips the climb. */
    public ClimbMemory rolledBack(String key, Setting value, Setting from, long nowMillis) {
        GuardState after = guards.rolledBack(of(key, value), from, nowMillis);
        String why = after.tripped(nowMillis) ? "two changes were rolled back within an hour" : tripped;
        return new ClimbMemory(search, caution, after, trialSinceMillis, trials, why);
    }

    /** After a person declined a value: it is barred, and nothing is held against the climb. */
    public ClimbMemory barred(String key, Setting value, Setting from, long nowMillis) {
        GuardState after = guards.barred(of(key, value), from, nowMillis);
        return new ClimbMemory(search, caution, after, trialSinceMillis, trials, tripped);
    }

    /** After a person looked at a tripped climb and trusts it again. */
    public ClimbMemory trustedAgain() {
        GuardState forgiven = new GuardState(
                guards.changedMillis(), guards.budget(), guards.wishes(), guards.quarantines(), List.of());
        return new ClimbMemory(search, caution, forgiven, trialSinceMillis, trials, "");
    }

    /** Whether a key may not have a value now. */
    boolean bars(String key, Setting value, long nowMillis) {
        return guards.quarantines().stream()
                .anyMatch(each -> each.value().text().startsWith(key + " = ") && each.bars(value, nowMillis));
    }

    /** A value as it is barred: what is too much for one key need not be for another. */
    static Setting of(String key, Setting value) {
        return new Setting(key + " = " + value.text(), value.number());
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        search.write(out);
        caution.write(out);
        guards.write(out);
        out.fixed64(trialSinceMillis).varint(trials.size());
        for (Span each : trials) out.varint(each.fromMillis()).varint(each.toMillis());
        out.text(tripped);
    }

    /** Reads what {@link #write} wrote. */
    public static ClimbMemory read(Decoder in) {
        HillClimb.State search = HillClimb.State.read(in);
        Caution caution = Caution.read(in);
        GuardState guards = GuardState.read(in);
        long since = in.fixed64();
        List<Span> trials = new ArrayList<>();
        for (int i = in.count(2); i > 0; i--) trials.add(new Span(in.varint(), in.varint()));
        return new ClimbMemory(search, caution, guards, since, trials, in.text());
    }
}
