package dev.attune.tuning.decision;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Proposal;
import dev.attune.tuning.guard.GuardOutcome;

/**
 * One tick of a policy: what it knew, what it wanted, what the guards said, what follows. Immutable; its bytes are
 * canonical, so equal decisions have equal bytes.
 *
 * @param decider the policy, its version and its key
 * @param tick what it knew
 * @param before what it remembered
 * @param proposal what it wanted
 * @param guards what the guards said
 * @param outcome how it ended
 * @param after what it remembers now
 */
public record Decision(
        Decider decider,
        Tick tick,
        Memory before,
        Proposal proposal,
        GuardOutcome guards,
        Outcome outcome,
        Memory after) {
    private static final int FORMAT = 1;

    /** The record: what the decision rested on first, then what it was. */
    public Bytes toBytes() {
        Encoder out = new Encoder(512);
        out.byteValue(FORMAT).text(decider.policy()).text(decider.version()).text(decider.key());
        tick.write(out);
        before.write(out);
        proposal.to().write(out);
        out.bool(proposal.change()).bool(proposal.urgent()).text(proposal.reason());
        out.varint(proposal.evidence().size());
        proposal.evidence().forEach((name, value) -> out.text(name).fixed64(Double.doubleToRawLongBits(value)));
        out.text(guards.refusal() == null ? "" : guards.refusal().name()).text(guards.detail());
        guards.to().write(out);
        out.text(guards.clamped()).varint(guards.passed().size());
        for (String guard : guards.passed()) out.text(guard);
        out.varint(outcome.ordinal());
        after.write(out);
        return out.toBytes();
    }

    static int format() {
        return FORMAT;
    }

    /** Whether a value is to be written now. */
    public boolean applies() {
        return outcome == Outcome.APPLY;
    }
}
