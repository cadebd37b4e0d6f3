package dev.attune.tuning.decision;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.tuning.control.Setting;
import java.util.List;

/**
 * One tick of a climb: what it knew, what follows, why. Immutable; its bytes are canonical and replay.
 *
 * @param to the values that the candidate, or after a win everybody, is to have; those in force when nothing is to be done
 * @param reason in words
 */
public record ClimbDecision(
        Climber climber,
        ClimbTick tick,
        ClimbMemory before,
        Step step,
        List<Setting> to,
        String reason,
        ClimbMemory after) {
    private static final int FORMAT = 1;

    /** What follows. */
    public enum Step {
        /** Nothing: the policy is off. */
        OFF,
        /** Nothing: a guard refuses. */
        REFUSED,
        /** Nothing yet: the policy may only show what it would try. */
        SHOWN,
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
        /** Nothing: the climb has arrived, or has cost enough for a day. */
        REST
    }

    public ClimbDecision {
        to = List.copyOf(to);
    }

    /** The record. */
    public Bytes toBytes() {
        Encoder out = new Encoder(512);
        out.byteValue(FORMAT)
                .text(climber.policy())
                .text(climber.version())
                .varint(climber.keys().size());
        for (String each : climber.keys()) out.text(each);
        tick.write(out);
        before.write(out);
        out.varint(step.ordinal()).varint(to.size());
        for (Setting each : to) each.write(out);
        out.text(reason);
        after.write(out);
        return out.toBytes();
    }

    /**
     * Whether the record is, to the bit, what the policy decides from what it recorded.
     *
     * @throws MalformedException when the bytes are no record
     */
    public static boolean replays(Climber climber, Bytes record) {
        Decoder in = new Decoder(record);
        int format = in.byteValue();
        if (format != FORMAT) throw new MalformedException("record: format " + format + " (expected: " + FORMAT + ")");
        in.text();
        in.text();
        for (int i = in.count(1); i > 0; i--) in.text();
        ClimbTick tick = ClimbTick.read(in);
        return climber.decide(tick, ClimbMemory.read(in)).toBytes().equals(record);
    }

    /** In one sentence, also why nothing was done. */
    public String sentence() {
        StringBuilder text = new StringBuilder(climber.policy()).append(' ').append(climber.version());
        switch (step) {
            case TRY ->
                text.append(" tries ").append(words(to)).append(" beside ").append(words(tick.current()));
            case WON -> text.append(" takes ").append(words(to)).append(" for all");
            case LOST, HURT -> text.append(" ends its trial");
            case WATCH -> text.append(" watches its trial");
            case SHOWN -> text.append(" would try ").append(words(to));
            default -> text.append(" leaves ").append(words(tick.current()));
        }
        return text.append(", as ").append(reason).append('.').toString();
    }

    private String words(List<Setting> values) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.size(); i++)
            text.append(i == 0 ? "" : ", ")
                    .append(climber.keys().get(i))
                    .append(" = ")
                    .append(values.get(i).text());
        return text.toString();
    }
}
