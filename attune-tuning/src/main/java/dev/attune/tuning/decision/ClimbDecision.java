package dev.attune.tuning.decision;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.guard.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tick of a climb: what it knew, what follows, why. Immutable; its bytes are canonical and replay.
 *
 * @param policy the policy's name
 * @param version of its text
 * @param keys that it changes
 * @param to the values that the candidate has, or that everybody is to have; those in force when nothing is to be done
 * @param refusal the guard that refused; null when none did
 * @param reason in words
 */
public record ClimbDecision(
        String policy,
        String version,
        List<String> keys,
        ClimbTick tick,
        ClimbMemory before,
        Step step,
        List<Setting> to,
        @Nullable Refusal refusal,
        String reason,
        ClimbMemory after) {
    private static final int FORMAT = 2;

    /** What follows. Stored by its ordinal. */
    public enum Step {
        /** Nothing: the policy is off. */
        OFF,
        /** Nothing: a guard refuses. */
        REFUSED,
        /** Nothing yet: the policy may only show what it would try. */
        SHOWN,
        /** Nothing yet: the policy asks whether it may try. */
        ASKED,
        /** The candidate begins on its group. */
        TRY,
        /** The candidate is watched on. */
        WATCH,
        /** The candidate becomes everybody's. */
        WON,
        /** The candidate ends. */
        LOST,
        /** The candidate ends at once, as a guard broke. */
        HURT,
        /** The candidate ends at once and unjudged, as something else forbids it or spoilt it. */
        WITHDRAWN,
        /** Nothing: the climb has arrived, or has cost enough for a day. */
        REST;

        /** Whether a candidate that ran ends with it. */
        public boolean endsTrial() {
            return this == WON || this == LOST || this == HURT || this == WITHDRAWN;
        }
    }

    public ClimbDecision {
        keys = List.copyOf(keys);
        to = List.copyOf(to);
    }

    /** The key whose turn it is. */
    public String key() {
        return keys.get(turn());
    }

    /** The value that it has. */
    public Setting from() {
        return tick.current().get(turn());
    }

    /** The value that the candidate has, or would have; the same as in force when nothing is tried. */
    public Setting candidate() {
        return to.get(turn());
    }

    private int turn() {
        // A trial moves one key, whose turn it was when it began; a look may have passed the turn on.
        boolean ran = step.endsTrial() || step == Step.WATCH;
        int turn = (ran ? before : after).search().turn();
        return Math.min(turn, keys.size() - 1);
    }

    /** The record. */
    public Bytes toBytes() {
        Encoder out = new Encoder(512);
        out.byteValue(FORMAT).text(policy).text(version).varint(keys.size());
        for (String each : keys) out.text(each);
        tick.write(out);
        before.write(out);
        out.varint(step.ordinal()).varint(to.size());
        for (Setting each : to) each.write(out);
        out.text(refusal == null ? "" : refusal.name()).text(reason);
        after.write(out);
        return out.toBytes();
    }

    /** Whether the bytes are a decision of a climb, and not of another policy. */
    public static boolean isOne(Bytes record) {
        return new Decoder(record).byteValue() == FORMAT;
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws MalformedException when it did not
     */
    public static ClimbDecision read(Bytes record) {
        Decoder in = new Decoder(record);
        int format = in.byteValue();
        if (format != FORMAT) throw new MalformedException("record: format " + format + " (expected: " + FORMAT + ")");
        String policy = in.text();
        String version = in.text();
        List<String> keys = new ArrayList<>();
        for (int i = in.count(1); i > 0; i--) keys.add(in.text());
        ClimbTick tick = ClimbTick.read(in);
        ClimbMemory before = ClimbMemory.read(in);
        Step step = in.enumValue(Step.values());
        List<Setting> to = new ArrayList<>();
        for (int i = in.count(9); i > 0; i--) to.add(Setting.read(in));
        String refused = in.text();
        @Nullable Refusal refusal = refused.isEmpty() ? null : Recorded.refusal(refused);
        ClimbDecision read = new ClimbDecision(
                policy, version, keys, tick, before, step, to, refusal, in.text(), ClimbMemory.read(in));
        in.expectEnd();
        return read;
    }

    /**
     * Whether the record is, to the bit, what the policy decides from what it recorded.
     *
     * @throws MalformedException when the bytes are no record
     */
    public static boolean replays(Climber climber, Bytes record) {
        ClimbDecision recorded = read(record);
        return climber.decide(recorded.tick(), recorded.before()).toBytes().equals(record);
    }

    /** In one sentence, also why nothing was done. */
    public String sentence() {
        String name = key() + " = ";
        StringBuilder text = new StringBuilder(Explanation.time(tick.nowMillis()))
                .append(' ')
                .append(policy)
                .append(' ')
                .append(version);
        String trial = name + candidate().text() + " instead of " + from().text() + " on "
                + tick.trial().group();
        switch (step) {
            case TRY -> text.append(" tries ").append(trial);
            case WATCH -> text.append(" watches ").append(trial);
            case WON -> text.append(" tried ").append(trial).append(seconds()).append(" and takes it for all");
            case LOST -> text.append(" tried ").append(trial).append(seconds()).append(" and leaves it");
            case HURT -> text.append(" tried ").append(trial).append(seconds()).append(" and takes it back at once");
            case WITHDRAWN ->
                text.append(" tried ").append(trial).append(seconds()).append(" and ends that unjudged");
            case SHOWN -> text.append(" would try ").append(trial);
            case ASKED -> text.append(" asks to try ").append(trial).append(", and to take it for all if it is better");
            default -> text.append(" leaves ").append(name).append(from().text());
        }
        return text.append(", as ").append(reason).append('.').toString();
    }

    private String seconds() {
        return " for " + Math.max(0, tick.nowMillis() - before.trialSinceMillis()) / 1_000 + " s";
    }
}
