package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.List;

/**
 * What a host must do after one step. The order within a list counts; between the lists:
 *
 * <ul>
 *   <li>{@code writes} go to the log behind those of all earlier steps; once they and all earlier ones are durable the
 *       host sends {@code sendOnceDurable} and steps {@link Input.Persisted} (one for many steps is enough). A step
 *       without writes counts as durable as soon as all earlier ones are. After a crash nothing unsynced, or only a
 *       prefix of it, may be left.
 *   <li>{@code sendNow} may leave at once. Any message may get lost.
 *   <li>{@code chosen} is applied in order; it does not wait for the local writes.
 * </ul>
 *
 * @param step the number of the step, from 1
 */
public record Effects(
        long step,
        List<Write> writes,
        List<Outgoing> sendNow,
        List<Outgoing> sendOnceDurable,
        List<Chosen> chosen,
        List<Fact> facts) {
    /** A message to a member. */
    public record Outgoing(MemberId to, Message message) {}

    /**
     * A chosen entry, handed out once, in slot order without gaps (but for those a snapshot covers).
     *
     * @param proposal the id of the proposal it was made for on this member, else 0
     */
    public record Chosen(Entry entry, long proposal) {}

    /** A change to durable state. */
    public sealed interface Write {
        /** An accepted entry; replaces one at the same slot, later ones stay. Slots never leave a gap. */
        record Append(Entry entry) implements Write {}

        /** The acceptor takes part in no lower ballot any more. */
        record SetPromised(Ballot ballot) implements Write {}

        /**
         * A watermark that saves learning again.
         *
         * @param change whether a change of members lies below it that was not below the one before: then what is
         *     acknowledged later relies on it. Else it may be lost and need not be synced for its own sake
         */
        record SetChosen(long slot, boolean change) implements Write {
            /** Whether anything relies on it. */
            public boolean mayBeLost() {
                return !change;
            }
        }

        /** All slots up to {@code slot} are chosen and in a snapshot: forget them. The log may end before. */
        record CutHead(long slot) implements Write {}

        /**
         * A witness has no snapshots: all slots up to {@code slot} are chosen and those who keep state can do without
         * it for them; forget them and remember where the log begins.
         *
         * @param configuration in force behind {@code slot}
         */
        record CutWitness(long slot, Configuration configuration) implements Write {}

        /** The damage is repaired: this member votes again, also after a restart. */
        record SetSound() implements Write {}
    }
}
