package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.decision.Memory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy remembers between two ticks; a new leader goes on from it.
 *
 * @param number of the newest decision
 * @param atMillis when that was
 * @param memory of the controller and the guards, canonical, in Base64
 * @param expected the value that the key has if nobody else changed it; empty before the first decision
 * @param lastGood the last value that was kept; empty for none
 * @param wish what was wanted last
 * @param verifying a change that is being watched
 * @param moving a change that a rollout brings
 * @param asked a change that waits for a person
 * @param last how the newest decision ended
 */
record PolicyState(
        long number,
        long atMillis,
        String memory,
        String expected,
        String lastGood,
        String wish,
        @Nullable Verifying verifying,
        @Nullable Moving moving,
        @Nullable Asked asked,
        DecisionEntry.@Nullable Said last) {
    private static final int WATCHED_MAX = 32;

    /**
     * Changes that all instances have and that are being watched together.
     *
     * @param sinceMillis when the first of them was made
     * @param lastMillis when the last of them was
     * @param before the value before the first: where a revert goes to
     * @param decisions their numbers, the newest at the end
     */
    record Verifying(long sinceMillis, long lastMillis, String before, List<Long> decisions) {
        Verifying {
            decisions = List.copyOf(decisions);
        }

        Verifying and(long decision, long nowMillis) {
            List<Long> more = new ArrayList<>(decisions);
            more.add(decision);
            if (more.size() > WATCHED_MAX) more.remove(0);
            return new Verifying(sinceMillis, nowMillis, before, more);
        }
    }

    /** A change that a rollout brings. */
    record Moving(long rollout, long decision, String from, String to) {}

    /**
     * A change that waits for people.
     *
     * @param approvers who agreed so far
     */
    record Asked(long decision, String from, String to, long untilMillis, List<String> approvers) {
        Asked {
            approvers = List.copyOf(approvers);
        }
    }

    /** Nothing decided yet. */
    static PolicyState fresh(Memory memory) {
        return new PolicyState(0, 0, packed(memory), "", "", "", null, null, null, null);
    }

    Memory remembered() {
        return Memory.read(new Decoder(Base64.getDecoder().decode(memory)));
    }

    /** After a decision. */
    PolicyState decided(DecisionEntry entry, Memory after, String wanted) {
        return new PolicyState(
                entry.number(),
                entry.atMillis(),
                packed(after),
                entry.said().from(),
                lastGood,
                wanted,
                verifying,
                moving,
                asked,
                entry.said());
    }

    PolicyState remembering(Memory now) {
        return new PolicyState(number, atMillis, packed(now), expected, lastGood, wish, verifying, moving, asked, last);
    }

    PolicyState expecting(String value) {
        return new PolicyState(number, atMillis, memory, value, lastGood, wish, verifying, moving, asked, last);
    }

    PolicyState good(String value) {
        return new PolicyState(number, atMillis, memory, expected, value, wish, verifying, moving, asked, last);
    }

    PolicyState verifying(@Nullable Verifying now) {
        return new PolicyState(number, atMillis, memory, expected, lastGood, wish, now, moving, asked, last);
    }

    PolicyState moving(@Nullable Moving now) {
        return new PolicyState(number, atMillis, memory, expected, lastGood, wish, verifying, now, asked, last);
    }

    PolicyState asking(@Nullable Asked now) {
        return new PolicyState(number, atMillis, memory, expected, lastGood, wish, verifying, moving, now, last);
    }

    static String packed(Memory memory) {
        Encoder out = new Encoder(256);
        memory.write(out);
        return Base64.getEncoder().encodeToString(out.toArray());
    }

    Bytes encode() {
        return Records.write(this);
    }

    static PolicyState decode(Bytes stored) {
        return Records.read(stored, PolicyState.class);
    }
}
