package dev.attune.rollout.agent;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a node's subscriptions and the stored rollouts. The host feeds it every change of a key of
 * {@link RolloutKeys#all}, in order (at start each present key, as an event without previous value), and what happens
 * to its subscriptions; then it sends what {@link #due} says and writes what {@link #writes} says.
 *
 * <p>Holds the targets of the rollouts that have not ended, and nothing when none runs. One thread.
 */
public final class Agent {
    private static final SortedSet<Long> NOBODY = java.util.Collections.emptySortedSet();

    private final TreeMap<Id, Rollout> rollouts = new TreeMap<>();
    private final TreeMap<Long, Subscription> subscriptions = new TreeMap<>();
    private final TreeMap<Local, TreeSet<Long>> byInstance = new TreeMap<>();
    private final TreeSet<Local> toAsk = new TreeSet<>();
    private final TreeSet<Local> toWrite = new TreeSet<>();

    /** A key changed. Keys that are not of rollouts are passed over. */
    public void changed(Event event) {
        KeyValue stored = event.keyValue();
        Optional<RolloutKeys.Address> address = RolloutKeys.parse(stored.key());
        if (address.isEmpty()) return;
        Id id = new Id(address.get().environment(), address.get().number());
        if (address.get() instanceof RolloutKeys.Address.OfRecord) recordChanged(id, stored);
        if (address.get() instanceof RolloutKeys.Address.OfInstance target)
            targetChanged(id, target.instance(), stored);
    }

    private void recordChanged(Id id, KeyValue stored) {
        RolloutRecord record = stored.isDeleted() ? null : RecordCodec.decodeRecord(stored.value());
        if (record == null || record.phase().isEnd()) {
            rollouts.remove(id);
            for (Subscription each : subscriptions.values()) each.conversations.remove(id);
            return;
        }
        Rollout rollout = rollouts.computeIfAbsent(id, none -> new Rollout());
        rollout.record = record;
        rollout.recordRevision = stored.modRevision();
        rollout.returned.clear();
        for (InstanceRef each : rollout.targets.keySet()) touch(new Local(id.environment, each));
    }

    private void targetChanged(Id id, InstanceRef instance, KeyValue stored) {
        if (stored.isDeleted()) {
            Rollout rollout = rollouts.get(id);
            if (rollout != null) rollout.targets.remove(instance);
            return;
        }
        Held held = new Held(RecordCodec.decodeProgress(stored.value()), stored.modRevision());
        // A target of an ended rollout is of no interest, but at start targets may come before their record.
        rollouts.computeIfAbsent(id, none -> new Rollout()).targets.put(instance, held);
        touch(new Local(id.environment, instance));
    }

    /**
     * Forgets targets whose record never came. The host calls it once, when it has handed in everything that is stored.
     */
    public void loaded() {
        rollouts.values().removeIf(each -> each.record == null);
    }

    /**
     * A subscription began. An instance may have several.
     *
     * @param subscription a name that this node gives no other
     */
    public void subscribed(long subscription, String environment, InstanceRef instance) {
        Local local = new Local(environment, instance);
        if (subscriptions.put(subscription, new Subscription(local)) != null)
            throw new IllegalStateException("subscription: " + subscription + " twice");
        byInstance.computeIfAbsent(local, none -> new TreeSet<>()).add(subscription);
        toAsk.add(local);
    }

    /** A subscription ended; unknown ones are passed over. */
    public void unsubscribed(long subscription) {
        Subscription ended = subscriptions.remove(subscription);
        if (ended == null) return;
        TreeSet<Long> others = byInstance.get(ended.local);
        if (others != null && others.remove(subscription) && others.isEmpty()) byInstance.remove(ended.local);
        touch(ended.local);
    }

    /**
     * An instance answered.
     *
     * @return whether it is an answer to what was asked last on this subscription; else it is refused (R6)
     */
    public boolean answered(long subscription, Answer answer) {
        Subscription from = subscriptions.get(subscription);
        if (from == null) return false;
        Id id = new Id(from.local.environment, answer.rollout());
        Rollout rollout = rollouts.get(id);
        Conversation talk = from.conversations.get(id);
        if (rollout == null || rollout.record == null || talk == null) return false;
        if (rollout.record.step() != answer.step() || !talk.takes(answer)) return false;
        touch(from.local);
        return true;
    }

    /** What came due since the last call. What is returned counts as sent. */
    public List<Due> due() {
        List<Due> due = new ArrayList<>();
        for (Local local : toAsk)
            rollouts.forEach((id, rollout) -> {
                Held target = rollout.target(id, local);
                if (target == null || rollout.record == null) return;
                Asks.of(rollout.record, local.instance, target.progress)
                        .ifPresent(kind -> ask(id, local, rollout.directive(kind), due));
            });
        toAsk.clear();
        return due;
    }

    private void ask(Id id, Local local, Directive wanted, List<Due> due) {
        for (long each : subscriptionsOf(local)) {
            Subscription to = subscriptions.get(each);
            if (to == null) continue;
            to.conversations
                    .computeIfAbsent(id, none -> new Conversation())
                    .due(wanted)
                    .ifPresent(directive -> due.add(new Due(each, directive)));
        }
    }

    /**
     * What is to be stored of the answers, and has not been returned since something of it changed. A write that failed
     * or may have failed is handed back by {@link #retry}; one whose compares did not hold may be forgotten, for the
     * change that was in its way leads to the next.
     *
     * @param nowMillis since 1970, only to be shown
     */
    public List<InstanceWrite> writes(long nowMillis) {
        List<InstanceWrite> writes = new ArrayList<>();
        for (Local local : toWrite)
            rollouts.forEach((id, rollout) -> {
                Held target = rollout.target(id, local);
                if (target != null && rollout.record != null) write(id, local, rollout, target, nowMillis, writes);
            });
        toWrite.clear();
        return writes;
    }

    /** The write may not have been carried out: it is looked at again. */
    public void retry(InstanceWrite write) {
        Rollout rollout = rollouts.get(new Id(write.environment(), write.rollout()));
        if (rollout != null) rollout.returned.remove(write.instance());
        touch(new Local(write.environment(), write.instance()));
    }

    private void write(Id id, Local local, Rollout rollout, Held target, long nowMillis, List<InstanceWrite> writes) {
        RolloutRecord record = rollout.record;
        if (record == null) return;
        Optional<Directive.Kind> kind = Asks.of(record.phase());
        if (kind.isEmpty()) return;
        Answer weakest = weakest(id, local, rollout.directive(kind.get()));
        if (weakest == null) return;
        InstanceProgress stored = target.progress;
        boolean asked = Asks.of(record, local.instance, stored).isPresent();
        if (!asked && !takesBack(record, stored, weakest)) return;
        String reason = weakest.reason().isEmpty() ? stored.reason() : weakest.reason();
        InstanceState state = Strength.state(weakest.kind());
        InstanceProgress next = new InstanceProgress(state, reason, record.step(), nowMillis);
        InstanceWrite write = new InstanceWrite(
                id.environment, id.number, local.instance, next, rollout.recordRevision, target.revision);
        InstanceWrite before = rollout.returned.put(local.instance, write);
        if (before == null || !before.saysSameAs(write)) writes.add(write);
    }

    /** Whether someone who went along at this step says that he does not. */
    private static boolean takesBack(RolloutRecord record, InstanceProgress stored, Answer answer) {
        boolean wentAlong = !stored.state().isRefusal() && stored.state() != InstanceState.REVERTED;
        return wentAlong && stored.step() == record.step() && Strength.isRefusal(answer.kind());
    }

    /** The weakest answer of an instance's subscriptions; a yes only when all have said it. */
    private @Nullable Answer weakest(Id id, Local local, Directive wanted) {
        Answer weakest = null;
        boolean all = true;
        for (long each : subscriptionsOf(local)) {
            Subscription from = subscriptions.get(each);
            Conversation talk = from == null ? null : from.conversations.get(id);
            Optional<Answer> answer = talk == null ? Optional.empty() : talk.answerTo(wanted);
            if (answer.isEmpty()) all = false;
            else if (weakest == null || Strength.of(answer.get().kind()) < Strength.of(weakest.kind()))
                weakest = answer.get();
        }
        return weakest != null && (all || Strength.isRefusal(weakest.kind())) ? weakest : null;
    }

    private SortedSet<Long> subscriptionsOf(Local local) {
        TreeSet<Long> own = byInstance.get(local);
        return own == null ? NOBODY : own;
    }

    private void touch(Local local) {
        if (!byInstance.containsKey(local)) return;
        toAsk.add(local);
        toWrite.add(local);
    }

    private record Id(String environment, long number) implements Comparable<Id> {
        private static final Comparator<Id> ORDER =
                Comparator.comparing(Id::environment).thenComparingLong(Id::number);

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }
    }

    private record Local(String environment, InstanceRef instance) implements Comparable<Local> {
        private static final Comparator<Local> ORDER =
                Comparator.comparing(Local::environment).thenComparing(Local::instance);

        @Override
        public int compareTo(Local other) {
            return ORDER.compare(this, other);
        }
    }

    private record Held(InstanceProgress progress, long revision) {}

    private static final class Rollout {
        final TreeMap<InstanceRef, Held> targets = new TreeMap<>();
        // What the host has in hand, so that nothing is handed to it twice.
        final TreeMap<InstanceRef, InstanceWrite> returned = new TreeMap<>();

        @Nullable RolloutRecord record;

        long recordRevision;

        @Nullable Held target(Id id, Local local) {
            return id.environment.equals(local.environment) ? targets.get(local.instance) : null;
        }

        Directive directive(Directive.Kind kind) {
            RolloutRecord at = java.util.Objects.requireNonNull(record);
            return new Directive(kind, at.number(), at.step(), recordRevision);
        }
    }

    private static final class Subscription {
        final Local local;
        final TreeMap<Id, Conversation> conversations = new TreeMap<>();

        Subscription(Local local) {
            this.local = local;
        }
    }
}
