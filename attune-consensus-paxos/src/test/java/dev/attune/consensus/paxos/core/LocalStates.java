package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The states that single members get into, each with a number, and what an input makes of one. The core cannot be
 * copied; it is brought into a state by what brought it there first. That is needed once for each state and input,
 * because a member's step depends on nothing but these.
 */
final class LocalStates {
    private static final long PATIENCE = 1_000;

    private final Configuration configuration;
    private final Bug bug;
    private final List<Local> locals = new ArrayList<>();
    private final Map<String, Integer> localNumbers = new HashMap<>();
    private final List<Sent> messages = new ArrayList<>();
    private final Map<String, Integer> messageNumbers = new HashMap<>();
    private final Map<Long, Outcome> outcomes = new HashMap<>();

    /** What is wrong with every member. */
    enum Bug {
        NONE,
        /** A promise is not there any more after a restart. */
        FORGETS_PROMISE,
        /** Lower ballots than the one promised are obeyed. */
        OBEYS_LOWER_BALLOT,
        /** What was accepted is not told to a new proposer. */
        HIDES_ACCEPTED
    }

    /** Inputs that are no messages have numbers below 0. */
    static final int ELECT = -1;

    static final int PROPOSE = -2;
    static final int CRASH = -3;

    /** What a member's disk holds. */
    private record Image(Ballot promised, long chosen, Map<Long, Entry> entries) {}

    private record Local(
            MemberId id, Image boot, List<Integer> inputs, Image image, Role role, Ballot promised, boolean proposed) {}

    private record Sent(MemberId from, MemberId to, Message message) {}

    /**
     * What one step does.
     *
     * @param next the state behind it
     * @param sent numbers of messages
     * @param chosen pairs of slot and value
     */
    record Outcome(int next, int[] sent, List<Map.Entry<Long, String>> chosen) {}

    LocalStates(Configuration configuration, Bug bug) {
        this.configuration = configuration;
        this.bug = bug;
    }

    /** A member that starts with this much on its disk. */
    int begin(MemberId id, Ballot promised, List<Entry> accepted) {
        Map<Long, Entry> entries = new TreeMap<>();
        for (Entry entry : accepted) entries.put(entry.slot(), entry);
        return boot(id, new Image(promised, 0, entries), false);
    }

    private int boot(MemberId id, Image image, boolean proposed) {
        return new Run(new Local(id, image, List.of(), image, Role.FOLLOWER, image.promised(), proposed)).number();
    }

    Role role(int local) {
        return locals.get(local).role();
    }

    boolean proposed(int local) {
        return locals.get(local).proposed();
    }

    /** The member that a message is for. */
    MemberId receiver(int message) {
        return messages.get(message).to();
    }

    /**
     * Whether {@code message} can have no effect on its receiver any more, whatever happens: its ballot has passed, or
     * it answers a proposer that has given that ballot up, or won, or knows as much.
     */
    boolean isSpent(int message, int local) {
        Local receiver = locals.get(local);
        Message what = messages.get(message).message();
        if (what instanceof Message.Prepare prepare) return hasPassed(prepare.ballot(), receiver);
        if (what instanceof Message.Accept accept) return hasPassed(accept.ballot(), receiver);
        if (what instanceof Message.Fetch) return false;
        Ballot answered = null;
        if (what instanceof Message.Promise promise) answered = promise.ballot();
        else if (what instanceof Message.Accepted accepted) answered = accepted.ballot();
        else if (what instanceof Message.Missing missing) answered = missing.ballot();
        boolean given = answered != null && (receiver.role() == Role.FOLLOWER || !answered.equals(receiver.promised()));
        if (given) return true;
        Outcome outcome = step(local, message, false);
        return outcome.next() == local && outcome.sent().length == 0;
    }

    private boolean hasPassed(Ballot ballot, Local receiver) {
        return bug != Bug.OBEYS_LOWER_BALLOT
                && ballot.compareTo(receiver.image().promised()) < 0;
    }

    int size() {
        return locals.size();
    }

    int messageCount() {
        return messages.size();
    }

    /** The state after {@code input}; with {@code dies} the member dies before anything of that step is written. */
    Outcome step(int local, int input, boolean dies) {
        long key = (long) local << 32 | (input & 0x7fff_ffffL) << 1 | (dies ? 1 : 0);
        Outcome known = outcomes.get(key);
        if (known != null) return known;
        Local from = locals.get(local);
        Outcome outcome;
        if (input == CRASH) {
            outcome = new Outcome(boot(from.id(), from.image(), from.proposed()), new int[0], List.of());
        } else {
            Run run = new Run(from);
            run.record = true;
            run.take(input, dies);
            int next = dies ? boot(from.id(), from.image(), run.proposed) : run.number();
            outcome = new Outcome(
                    next, run.sent.stream().mapToInt(Integer::intValue).toArray(), List.copyOf(run.chosen));
        }
        outcomes.put(key, outcome);
        return outcome;
    }

    /** A core brought into a state. */
    private final class Run {
        private final Local origin;
        private final PaxosCore core;
        private final List<Integer> inputs;
        private final List<Integer> sent = new ArrayList<>();
        private final List<Map.Entry<Long, String>> chosen = new ArrayList<>();
        private Image image;
        private boolean proposed;
        private boolean record;
        private long now;

        Run(Local origin) {
            this.origin = origin;
            this.image = origin.boot();
            this.inputs = new ArrayList<>();
            RandomGenerator still = () -> 0L;
            core = new PaxosCore(CoreOptions.of(origin.id(), 100), recovered(origin.boot()), still);
            input(new Input.Tick(0), false);
            for (int input : origin.inputs()) take(input, false);
            proposed = origin.proposed();
        }

        private Recovered recovered(Image found) {
            List<Entry> tail = new ArrayList<>();
            found.entries().forEach((slot, entry) -> {
                if (slot > found.chosen()) tail.add(entry);
            });
            return new Recovered(found.promised(), found.chosen(), configuration, tail, false, 1);
        }

        void take(int input, boolean dies) {
            inputs.add(input);
            if (input == ELECT) elect();
            else if (input == PROPOSE) propose();
            else {
                Sent message = messages.get(input);
                if (bug == Bug.OBEYS_LOWER_BALLOT && message.message() instanceof Message.Accept) forgetPromise();
                input(new Input.Received(message.from(), message.message()), dies);
            }
        }

        private void elect() {
            now += PATIENCE;
            input(new Input.Tick(now), false);
            // Safety may not depend on what probes say, so they all say yes.
            for (MemberId other : configuration.voters())
                if (!other.equals(origin.id()) && core.role() == Role.PROBING)
                    input(
                            new Input.Received(other, new Message.ProbeReply(core.promised(), true, Ballot.ZERO, 0)),
                            false);
        }

        private void propose() {
            proposed = true;
            byte[] value = ("of " + origin.id()).getBytes(StandardCharsets.UTF_8);
            input(new Input.Proposed(List.of(new Input.Proposal(1, value))), false);
        }

        private void forgetPromise() {
            MemberState state = (MemberState) Objects.requireNonNull(field(core, "state"));
            state.promised = Ballot.ZERO;
        }

        /** One step, and the disk is as fast as it gets. */
        private void input(Input input, boolean dies) {
            Effects effects = core.step(input);
            send(effects.sendNow());
            for (Effects.Chosen each : effects.chosen())
                if (record) chosen.add(Map.entry(each.entry().slot(), value(each.entry())));
            if (dies) return;
            for (Effects.Write write : effects.writes()) image = written(image, write);
            send(effects.sendOnceDurable());
            if (!effects.writes().isEmpty()) input(new Input.Persisted(effects.step()), false);
        }

        private Image written(Image before, Effects.Write write) {
            if (write instanceof Effects.Write.Append append) {
                Map<Long, Entry> entries = new TreeMap<>(before.entries());
                entries.put(append.entry().slot(), append.entry());
                return new Image(before.promised(), before.chosen(), entries);
            }
            if (write instanceof Effects.Write.SetPromised set)
                return new Image(
                        bug == Bug.FORGETS_PROMISE ? before.promised() : set.ballot(),
                        before.chosen(),
                        before.entries());
            if (write instanceof Effects.Write.SetChosen set)
                return new Image(before.promised(), set.slot(), before.entries());
            throw new AssertionError("not expected here: " + write);
        }

        private void send(List<Effects.Outgoing> outgoing) {
            if (!record) return;
            for (Effects.Outgoing each : outgoing) {
                Message message = each.message();
                if (isLeftOut(message)) continue;
                if (bug == Bug.HIDES_ACCEPTED && message instanceof Message.Promise promise)
                    message = new Message.Promise(
                            promise.ballot(), promise.from(), promise.chosen(), promise.from() - 1, List.of());
                String key = origin.id() + ">" + each.to() + ":"
                        + new String(MessageCodec.encode(message), StandardCharsets.ISO_8859_1);
                Sent sending = new Sent(origin.id(), each.to(), message);
                Integer number = messageNumbers.get(key);
                if (number == null) {
                    number = messages.size();
                    messages.add(sending);
                    messageNumbers.put(key, number);
                }
                sent.add(number);
            }
        }

        /** Probes are answered by themselves; a refusal only makes a proposer give up, which an election does too. */
        private boolean isLeftOut(Message message) {
            return message instanceof Message.Probe || message instanceof Message.Nack;
        }

        /** The number of the state the core is in. */
        int number() {
            StringBuilder text = new StringBuilder(512);
            text.append(origin.id()).append(proposed).append(image.promised()).append(image.chosen());
            image.entries().forEach((slot, entry) -> describe(entry, text));
            describe(core, text);
            return localNumbers.computeIfAbsent(text.toString(), unused -> {
                locals.add(new Local(
                        origin.id(),
                        origin.boot(),
                        List.copyOf(inputs),
                        image,
                        core.role(),
                        core.promised(),
                        proposed));
                return locals.size() - 1;
            });
        }
    }

    private static String value(Entry entry) {
        return entry.kind() + " " + new String(entry.value(), StandardCharsets.UTF_8);
    }

    private static Object field(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** All that a core remembers, as text: equal exactly for equal states. */
    private static void describe(Object what, StringBuilder text) {
        if (what instanceof Entry entry) {
            text.append(entry.slot())
                    .append(entry.ballot())
                    .append(value(entry))
                    .append(';');
        } else if (what instanceof Optional<?> optional) {
            optional.ifPresent(value -> describe(value, text));
            text.append('?');
        } else if (what instanceof Configuration known) {
            text.append('C').append(known.number());
        } else if (what instanceof Collection<?> collection) {
            text.append('[');
            for (Object each : collection) describe(each, text);
            text.append(']');
        } else if (what instanceof Map<?, ?> map) {
            text.append('{');
            map.forEach((key, value) -> {
                describe(key, text);
                describe(value, text);
            });
            text.append('}');
        } else if (isMemory(what)) {
            describeFields(what, text);
        } else if (!isIgnored(what)) {
            text.append(what).append(',');
        }
    }

    private static boolean isMemory(Object what) {
        Class<?> type = what.getClass();
        return type.getPackageName().equals(PaxosCore.class.getPackageName())
                && !type.isEnum()
                && !type.isHidden()
                && !isIgnored(what);
    }

    /** The number of the next step is in the outbox; all that was written is durable, so nothing refers to it. */
    private static boolean isIgnored(Object what) {
        return what instanceof Outbox
                || what instanceof CoreOptions
                || what instanceof RandomGenerator
                || what instanceof Runnable;
    }

    private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

    private static List<Field> fields(Class<?> type) {
        return FIELDS.computeIfAbsent(type, unused -> {
            List<Field> fields = new ArrayList<>();
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) continue;
                field.setAccessible(true);
                fields.add(field);
            }
            return fields;
        });
    }

    private static void describeFields(Object owner, StringBuilder text) {
        // Members of one core refer to each other; each is described where its owner is.
        boolean shared = owner instanceof MemberState;
        text.append(owner.getClass().getSimpleName().charAt(0)).append('(');
        try {
            for (Field field : fields(owner.getClass())) {
                Object value = field.get(owner);
                if (value == null) text.append('~');
                else if (value instanceof MemberState && !(owner instanceof PaxosCore)) continue;
                else if (value instanceof Replication && !(owner instanceof Leadership)) continue;
                else if (owner instanceof SlotRing && value.getClass().isArray()) continue;
                else describe(value, text);
                text.append('|');
            }
        } catch (IllegalAccessException e) {
            throw new LinkageError(e.getMessage(), e);
        }
        if (owner instanceof SlotRing ring)
            for (long slot = ring.first(); slot <= ring.last(); slot++) describe(ring.get(slot), text);
        text.append(shared ? "))" : ")");
    }
}
