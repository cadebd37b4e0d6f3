package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbMemory;
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
 * @param memory of the controller, or of the climb, and of the guards, canonical, in Base64; of a climb it is marked as such
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
    /** No letter of Base64 is a space. */
    private static final String CLIMB = "climb ";

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

    /**
     * A change that a rollout brings.
     *
     * @param trial the version of the climb that tries it on some instances; null for a change that is for all
     */
    record Moving(long rollout, long decision, String from, String to, @Nullable String trial) {
        /** For all. */
        static Moving change(long rollout, long decision, String from, String to) {
            return new Moving(rollout, decision, from, to, null);
        }
    }

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
        return fresh(packed(memory));
    }

    /** Nothing decided yet by a climb. */
    static PolicyState fresh(ClimbMemory memory) {
        return fresh(packed(memory));
    }

    private static PolicyState fresh(String memory) {
        return new PolicyState(0, 0, memory, "", "", "", null, null, null, null);
    }

    /** Whether the policy climbed when this was written. */
    boolean climbs() {
        return memory.startsWith(CLIMB);
    }

    Memory remembered() {
        return Memory.read(new Decoder(Base64.getDecoder().decode(memory)));
    }

    ClimbMemory climb() {
        return ClimbMemory.read(new Decoder(Base64.getDecoder().decode(memory.substring(CLIMB.length()))));
    }

    /** For a policy that does not climb, even if it did before its text was changed. */
    PolicyState ruled(int changesPerHour, long nowMillis) {
        return climbs() ? remembering(Memory.start(changesPerHour, nowMillis)) : this;
    }

    /** Why the policy is no longer trusted; empty while it is. */
    String tripped() {
        return climbs() ? climb().tripped() : remembered().tripped();
    }

    PolicyState trustedAgain() {
        return climbs()
                ? remembering(climb().trustedAgain())
                : remembering(remembered().trustedAgain());
    }

    /** After what everybody had was taken back. */
    PolicyState rolledBack(String key, Setting value, Setting from, long nowMillis) {
        return climbs()
                ? remembering(climb().rolledBack(key, value, from, nowMillis))
                : remembering(remembered().rolledBack(value, from, nowMillis));
    }

    /** After a person declined a value. */
    PolicyState barred(String key, Setting value, Setting from, long nowMillis) {
        if (climbs()) return remembering(climb().barred(key, value, from, nowMillis));
        Memory now = remembered();
        return remembering(new Memory(
                now.guards().barred(value, from, nowMillis),
                now.threshold(),
                now.check(),
                now.move(),
                now.missingSinceMillis(),
                now.tripped()));
    }

    /** After a decision. */
    PolicyState decided(DecisionEntry entry, Memory after, String wanted) {
        return decided(entry, packed(after), wanted);
    }

    /** After a decision of a climb. */
    PolicyState decided(DecisionEntry entry, ClimbMemory after, String wanted) {
        return decided(entry, packed(after), wanted);
    }

    private PolicyState decided(DecisionEntry entry, String after, String wanted) {
        return new PolicyState(
                entry.number(),
                entry.atMillis(),
                after,
                entry.said().from(),
                lastGood,
                wanted,
                verifying,
                moving,
                asked,
                entry.said());
    }

    PolicyState remembering(Memory now) {
        return remembering(packed(now));
    }

    PolicyState remembering(ClimbMemory now) {
        return remembering(packed(now));
    }

    private PolicyState remembering(String now) {
        return new PolicyState(number, atMillis, now, expected, lastGood, wish, verifying, moving, asked, last);
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

    private static String packed(Memory memory) {
        Encoder out = new Encoder(256);
        memory.write(out);
        return Base64.getEncoder().encodeToString(out.toArray());
    }

    private static String packed(ClimbMemory memory) {
        Encoder out = new Encoder(256);
        memory.write(out);
        return CLIMB + Base64.getEncoder().encodeToString(out.toArray());
    }

    Bytes encode() {
        return Records.write(this);
    }

    static PolicyState decode(Bytes stored) {
        return Records.read(stored, PolicyState.class);
    }
}
