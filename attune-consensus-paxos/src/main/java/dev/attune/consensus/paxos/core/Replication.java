package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A leader's view of its followers: what each was sent and holds. Entries are pipelined; a follower that misses one
 * says so, and sending begins again there.
 */
final class Replication {
    private final MemberState state;
    private final Ballot ballot;
    private final SortedMap<MemberId, Follower> followers = new TreeMap<>();
    private long seq;
    // Up to where this member's own entries are durable.
    private long ownDurable;

    private static final class Follower {
        private final MemberId id;
        private long next;
        private long match;
        private long settled;
        private long heard;
        private long contact;
        // Complaints about messages before this one were answered already.
        private long rewoundAt;
        private long toldChosen;
        // It lacks entries that are not in memory; nothing is sent until it says it has them.
        private boolean lagging;
        private long lacks;
        private long lacksSince;
        private final Deque<Sent> underWay = new ArrayDeque<>();
        private long slotsUnderWay;
        private long bytesUnderWay;

        Follower(MemberId id, long next, long now) {
            this.id = id;
            this.next = next;
            this.contact = now;
        }

        void acknowledged(long held) {
            while (!underWay.isEmpty() && underWay.peekFirst().last() <= held) {
                Sent sent = underWay.removeFirst();
                slotsUnderWay -= sent.slots();
                bytesUnderWay -= sent.bytes();
            }
        }

        void rewind(long to) {
            next = to;
            underWay.clear();
            slotsUnderWay = 0;
            bytesUnderWay = 0;
        }
    }

    private record Sent(long last, int slots, long bytes) {}

    /** @param next where sending begins: behind what was chosen before */
    Replication(MemberState state, Ballot ballot, long next) {
        this.state = state;
        this.ballot = ballot;
        for (MemberId member : state.configuration().members())
            if (!member.equals(state.self)) followers.put(member, new Follower(member, next, state.now));
    }

    /** Follows a change of members; who left is told what is chosen, so that it knows. */
    void reconfigure() {
        Configuration configuration = state.configuration();
        for (MemberId member : configuration.members())
            if (!member.equals(state.self))
                followers.computeIfAbsent(member, added -> new Follower(added, state.held + 1, state.now));
        for (MemberId member : List.copyOf(followers.keySet())) {
            if (configuration.contains(member)) continue;
            sendEmpty(followers.get(member), false);
            followers.remove(member);
        }
    }

    long seq() {
        return seq;
    }

    void ownDurable(long held) {
        ownDurable = Math.max(ownDurable, held);
    }

    /** Sends what is new and fits into the windows; the chosen mark alone when all is quiet and it is news. */
    void send() {
        for (Follower follower : followers.values()) send(follower);
    }

    private void send(Follower follower) {
        boolean sent = false;
        while (!follower.lagging
                && follower.next <= state.held
                && follower.slotsUnderWay < state.options.windowSlots()
                && follower.bytesUnderWay < state.options.windowBytes()) {
            if (follower.next < state.ledger.first()) {
                lags(follower, follower.next);
                break;
            }
            List<Entry> entries = state.ledger.page(follower.next, state.held);
            long bytes = 0;
            for (Entry entry : entries) bytes += entry.bytes();
            send(follower, entries, false);
            follower.next += entries.size();
            follower.underWay.add(new Sent(follower.next - 1, entries.size(), bytes));
            follower.slotsUnderWay += entries.size();
            follower.bytesUnderWay += bytes;
            sent = true;
        }
        boolean quiet = state.ledger.chosen() == state.held;
        if (!sent && quiet && follower.toldChosen < state.ledger.chosen()) sendEmpty(follower, false);
    }

    /** A heartbeat to all, to be answered at once. */
    void confirm() {
        for (Follower follower : followers.values()) sendEmpty(follower, true);
    }

    private void sendEmpty(@Nullable Follower follower, boolean confirm) {
        if (follower != null) send(follower, List.of(), confirm);
    }

    private void send(Follower follower, List<Entry> entries, boolean confirm) {
        seq++;
        follower.toldChosen = state.ledger.chosen();
        // A follower that lags is told where the entries end, and answers with what it lacks.
        long first = follower.lagging ? state.held + 1 : follower.next;
        state.out.send(
                follower.id,
                new Message.Accept(ballot, seq, first, state.ledger.chosen(), trim(), confirm, inBallot(entries)));
    }

    private List<Entry> inBallot(List<Entry> entries) {
        boolean same = true;
        for (Entry entry : entries) same &= entry.ballot().equals(ballot);
        return same ? entries : entries.stream().map(entry -> entry.in(ballot)).toList();
    }

    private void lags(Follower follower, long lacks) {
        boolean asked = follower.lagging
                && follower.lacks == lacks
                && state.now - follower.lacksSince < state.options.electionMillis();
        follower.lagging = true;
        if (asked) return;
        follower.lacks = lacks;
        follower.lacksSince = state.now;
        state.out.fact(new Fact.CatchUpWanted(follower.id, lacks));
    }

    void onAccepted(MemberId from, Message.Accepted accepted) {
        Follower follower = contact(from);
        if (follower == null) return;
        long held = Math.min(accepted.held(), state.held);
        if (accepted.vote()) follower.match = Math.max(follower.match, held);
        follower.settled = Math.max(follower.settled, accepted.settled());
        follower.acknowledged(held);
        if (follower.next <= held) follower.next = held + 1;
        if (held + 1 >= state.ledger.first()) follower.lagging = false;
    }

    void onHeard(MemberId from, Message.Heard heard) {
        Follower follower = contact(from);
        if (follower != null) follower.heard = Math.max(follower.heard, heard.seq());
    }

    void onMissing(MemberId from, Message.Missing missing) {
        Follower follower = contact(from);
        if (follower == null || missing.seq() < follower.rewoundAt || missing.expected() > state.held + 1) return;
        follower.rewoundAt = seq + 1;
        if (missing.expected() <= state.held) state.out.reached(Marker.ENTRIES_SENT_AGAIN);
        if (missing.expected() < state.ledger.first()) {
            follower.rewind(state.held + 1);
            lags(follower, missing.expected());
            return;
        }
        follower.lagging = false;
        follower.rewind(missing.expected());
    }

    private @Nullable Follower contact(MemberId from) {
        Follower follower = followers.get(from);
        if (follower != null) follower.contact = state.now;
        return follower;
    }

    /** The highest slot that a phase-2 quorum durably holds in this ballot. */
    long choosable() {
        long best = state.ledger.chosen();
        for (MemberId voter : state.configuration().voters()) {
            long held = match(voter);
            if (held > best && state.configuration().quorums().phase2(holding(held))) best = held;
        }
        return best;
    }

    private SortedSet<MemberId> holding(long slot) {
        SortedSet<MemberId> members = new TreeSet<>();
        for (MemberId voter : state.configuration().voters()) if (match(voter) >= slot) members.add(voter);
        return members;
    }

    /** Up to where {@code member} is known to hold everything durably. */
    long match(MemberId member) {
        if (member.equals(state.self)) return ownDurable;
        Follower follower = followers.get(member);
        return follower == null ? 0 : follower.match;
    }

    /**
     * Up to where no voter has anything to learn, not even which of the entries it holds are chosen; 0 without
     * witnesses, which alone need to know.
     */
    private long trim() {
        Configuration configuration = state.configuration();
        if (configuration.witnesses().isEmpty()) return 0;
        long least = state.ledger.chosen();
        for (MemberId voter : configuration.voters())
            least = Math.min(least, configuration.isWitness(voter) ? match(voter) : settled(voter));
        state.trim = Math.max(state.trim, least);
        return state.trim;
    }

    private long settled(MemberId member) {
        if (member.equals(state.self)) return state.settled;
        Follower follower = followers.get(member);
        return follower == null ? 0 : follower.settled;
    }

    /** Whether enough followers were heard of since {@code time} to choose anything. */
    boolean hearsQuorumSince(long time) {
        SortedSet<MemberId> members = new TreeSet<>();
        members.add(state.self);
        for (Follower follower : followers.values()) if (follower.contact >= time) members.add(follower.id);
        return state.configuration().quorums().phase2(members);
    }

    /** This member and all that confirmed the message {@code seq} or a later one. */
    Collection<MemberId> confirmed(long since) {
        SortedSet<MemberId> members = new TreeSet<>();
        members.add(state.self);
        for (Follower follower : followers.values()) if (follower.heard >= since) members.add(follower.id);
        return members;
    }

    /** The voter that keeps state and holds most, to hand over to. */
    @Nullable MemberId successor() {
        MemberId best = null;
        Configuration configuration = state.configuration();
        for (MemberId voter : configuration.voters()) {
            if (voter.equals(state.self) || configuration.isWitness(voter)) continue;
            if (best == null || match(voter) > match(best)) best = voter;
        }
        return best;
    }
}
