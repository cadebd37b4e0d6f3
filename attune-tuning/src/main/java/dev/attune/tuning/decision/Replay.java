package dev.attune.tuning.decision;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.MalformedException;

/** Decides again from a record. A decision is a function of what it recorded, so the result is the same to the bit. */
public final class Replay {
    private Replay() {}

    /**
     * The decision that the policy takes from the recorded inputs.
     *
     * @throws MalformedException when the bytes are no record
     * @throws IllegalArgumentException when the record is of another policy, version or key
     */
    public static Decision of(Decider decider, Bytes record) {
        Decoder in = new Decoder(record);
        int format = in.byteValue();
        if (format != Decision.format())
            throw new MalformedException("record: format " + format + " (expected: " + Decision.format() + ")");
        String policy = in.text();
        String version = in.text();
        String key = in.text();
        if (!policy.equals(decider.policy()) || !version.equals(decider.version()) || !key.equals(decider.key()))
            throw new IllegalArgumentException("record: of " + policy + " " + version + " for " + key + " (expected: "
                    + decider.policy() + " " + decider.version() + " for " + decider.key() + ")");
        Tick tick = Tick.read(in);
        return decider.decide(tick, Memory.read(in));
    }

    /** Whether the record is what the policy decides from its inputs. */
    public static boolean holds(Decider decider, Bytes record) {
        return of(decider, record).toBytes().equals(record);
    }
}
