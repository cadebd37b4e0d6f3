package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every state that three members can get into, of whom two may stand for election: with any message lost or overtaken
 * by any other, and crashes at any moment, also in the middle of a step. Members a and b begin with a value each that they
 * accepted in a ballot of their own before, so that slot 1 is contested.
 *
 * <p>Bounds: so many elections and crashes; each leader proposes once or not at all; timers repeat no message and links
 * no more than the core does. A lost message is one that is never delivered. Delivering one that changes nothing is left
 * out, since losing it comes to the same.
 */
final class Exploration {
    private static final List<MemberId> MEMBERS = List.of(new MemberId("a"), new MemberId("b"), new MemberId("c"));
    private static final int PROPOSERS = 2;
    // Of a state: the members', then how many elections and crashes there were, what is chosen, and the messages.
    private static final int ELECTIONS = MEMBERS.size();
    private static final int CRASHES = ELECTIONS + 1;
    private static final int CHOSEN = CRASHES + 1;
    private static final int SLOTS = 6;
    private static final int MESSAGES = CHOSEN + SLOTS;

    private final LocalStates locals;
    private final int electionsMax;
    private final int crashesMax;
    private final boolean proposals;
    private final long statesMax;
    private final Fingerprints seen = new Fingerprints();
    private final Deque<int[]> open = new ArrayDeque<>();
    private final Map<String, Integer> values = new HashMap<>();
    private @Nullable String violation;
    private long steps;

    Exploration(LocalStates.Bug bug, int electionsMax, int crashesMax, boolean proposals, long statesMax) {
        this.electionsMax = electionsMax;
        this.crashesMax = crashesMax;
        this.proposals = proposals;
        this.statesMax = statesMax;
        locals = new LocalStates(Configuration.initial(Membership.voters(MEMBERS.toArray(MemberId[]::new))), bug);
    }

    /** Explores until nothing is left, or something is wrong; says what, or null. */
    @Nullable String run() {
        int[] first = new int[MESSAGES];
        // a led in round 1 with c, then b in round 2 with c, and nobody else accepted anything.
        MemberId a = MEMBERS.get(0);
        MemberId b = MEMBERS.get(1);
        Ballot ofA = new Ballot(1, a.value());
        Ballot ofB = new Ballot(2, b.value());
        first[0] = locals.begin(a, ofA, List.of(value(ofA, "before, of a")));
        first[1] = locals.begin(b, ofB, List.of(value(ofB, "before, of b")));
        first[2] = locals.begin(MEMBERS.get(2), ofB, List.of());
        found(first);
        while (violation == null && !open.isEmpty() && seen.size() <= statesMax) expand(open.removeLast());
        return violation;
    }

    private static Entry value(Ballot ballot, String text) {
        return new Entry(1, ballot, Entry.Kind.COMMAND, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether nothing is left to explore. */
    boolean isComplete() {
        return open.isEmpty() && violation == null;
    }

    @Override
    public String toString() {
        return seen.size() + " states, " + steps + " steps; members were in " + locals.size() + " states and sent "
                + locals.messageCount() + " different messages; elections <= " + electionsMax + ", crashes <= "
                + crashesMax;
    }

    private void found(int[] state) {
        if (seen.add(state)) open.addLast(state);
    }

    private void expand(int[] state) {
        for (int i = 0; i < MEMBERS.size(); i++) {
            Role role = locals.role(state[i]);
            if (i < PROPOSERS && role == Role.FOLLOWER && state[ELECTIONS] < electionsMax)
                step(state, i, LocalStates.ELECT, -1, false);
            if (proposals && role == Role.LEADER && !locals.proposed(state[i]))
                step(state, i, LocalStates.PROPOSE, -1, false);
            if (state[CRASHES] < crashesMax) step(state, i, LocalStates.CRASH, -1, false);
        }
        for (int at = MESSAGES; at < state.length; at++) {
            int receiver = MEMBERS.indexOf(locals.receiver(state[at]));
            step(state, receiver, state[at], at, false);
            if (state[CRASHES] < crashesMax) step(state, receiver, state[at], at, true);
        }
    }

    private void step(int[] state, int member, int input, int delivered, boolean dies) {
        LocalStates.Outcome outcome = locals.step(state[member], input, dies);
        boolean idle = outcome.next() == state[member] && outcome.sent().length == 0;
        if (idle && outcome.chosen().isEmpty()) return;
        steps++;
        int[] next = new int[state.length - (delivered < 0 ? 0 : 1) + outcome.sent().length];
        int end = 0;
        for (int at = 0; at < state.length; at++) if (at != delivered || delivered < 0) next[end++] = state[at];
        for (int sent : outcome.sent()) next[end++] = sent;
        next[member] = outcome.next();
        next = withoutSpent(next);
        if (input == LocalStates.ELECT) next[ELECTIONS]++;
        if (dies || input == LocalStates.CRASH) next[CRASHES]++;
        for (Map.Entry<Long, String> chosen : outcome.chosen()) choose(next, chosen);
        found(next);
    }

    /** Keeps one of each message that may still have an effect. */
    private int[] withoutSpent(int[] state) {
        Arrays.sort(state, MESSAGES, state.length);
        int end = MESSAGES;
        for (int at = MESSAGES; at < state.length; at++) {
            if (end > MESSAGES && state[at] == state[end - 1]) continue;
            int receiver = MEMBERS.indexOf(locals.receiver(state[at]));
            if (!locals.isSpent(state[at], state[receiver])) state[end++] = state[at];
        }
        return Arrays.copyOf(state, end);
    }

    private void choose(int[] state, Map.Entry<Long, String> chosen) {
        int at = CHOSEN + chosen.getKey().intValue() - 1;
        int value = values.computeIfAbsent(chosen.getValue(), unused -> values.size() + 1);
        if (state[at] != 0 && state[at] != value) {
            List<String> names = new ArrayList<>();
            for (Map.Entry<String, Integer> each : values.entrySet())
                if (each.getValue() == state[at]) names.add(each.getKey());
            violation = "slot " + chosen.getKey() + ": " + names + " and [" + chosen.getValue() + "] are both chosen";
        }
        state[at] = value;
    }

    /** States seen, by a hash of 128 bits: that two of some millions share one is less likely than a broken machine. */
    private static final class Fingerprints {
        private long[] table = new long[1 << 17];
        private int size;

        int size() {
            return size;
        }

        boolean add(int[] state) {
            long low = 0x9e3779b97f4a7c15L;
            long high = 0xc2b2ae3d27d4eb4fL;
            for (int each : state) {
                low = mix(low ^ each);
                high = mix(high + each * 0xff51afd7ed558ccdL);
            }
            if (low == 0) low = 1;
            if (4L * size > table.length) grow();
            if (!put(table, low, high)) return false;
            size++;
            return true;
        }

        private static long mix(long value) {
            long mixed = (value ^ value >>> 32) * 0xd6e8feb86659fd93L;
            mixed = (mixed ^ mixed >>> 29) * 0xbf58476d1ce4e5b9L;
            return mixed ^ mixed >>> 32;
        }

        private static boolean put(long[] table, long low, long high) {
            int mask = table.length / 2 - 1;
            int at = (int) high & mask;
            while (table[2 * at] != 0) {
                if (table[2 * at] == low && table[2 * at + 1] == high) return false;
                at = at + 1 & mask;
            }
            table[2 * at] = low;
            table[2 * at + 1] = high;
            return true;
        }

        private void grow() {
            long[] larger = new long[2 * table.length];
            for (int at = 0; at < table.length; at += 2) if (table[at] != 0) put(larger, table[at], table[at + 1]);
            table = larger;
        }
    }
}
