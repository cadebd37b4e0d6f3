package dev.attune.tuning.decision;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.tuning.control.Proposal;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.guard.GuardOutcome;
import dev.attune.tuning.guard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A decision as it lies in its record, for those who read it without the policy that took it.
 *
 * @param policy its name
 * @param version of its text
 * @param key that it was about
 */
public record Recorded(
        String policy,
        String version,
        String key,
        Tick tick,
        Memory before,
        Proposal proposal,
        GuardOutcome guards,
        Outcome outcome,
        Memory after) {
    /**
     * Reads what {@link Decision#toBytes} wrote.
     *
     * @throws MalformedException when it did not
     */
    public static Recorded read(Bytes record) {
        Decoder in = new Decoder(record);
        int format = in.byteValue();
        if (format != Decision.format())
            throw new MalformedException("record: format " + format + " (expected: " + Decision.format() + ")");
        String policy = in.text();
        String version = in.text();
        String key = in.text();
        Tick tick = Tick.read(in);
        Memory before = Memory.read(in);
        Proposal proposal = proposal(in);
        String refused = in.text();
        @Nullable Refusal refusal = refused.isEmpty() ? null : refusal(refused);
        String detail = in.text();
        Setting to = Setting.read(in);
        String clamped = in.text();
        List<String> passed = new ArrayList<>();
        for (int i = in.count(1); i > 0; i--) passed.add(in.text());
        Outcome outcome = in.enumValue(Outcome.values());
        Memory after = Memory.read(in);
        in.expectEnd();
        GuardOutcome guards = new GuardOutcome(refusal, detail, to, clamped, passed, after.guards());
        return new Recorded(policy, version, key, tick, before, proposal, guards, outcome, after);
    }

    private static Proposal proposal(Decoder in) {
        Setting to = Setting.read(in);
        boolean change = in.bool();
        boolean urgent = in.bool();
        String reason = in.text();
        TreeMap<String, Double> evidence = new TreeMap<>();
        for (int i = in.count(9); i > 0; i--) evidence.put(in.text(), Double.longBitsToDouble(in.fixed64()));
        return new Proposal(to, change, urgent, reason, evidence);
    }

    static Refusal refusal(String name) {
        try {
            return Refusal.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("refusal: unknown code", e);
        }
    }
}
