package dev.attune.tuning.guard;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * What the guards remember about one key.
 *
 * @param changedMillis when automation changed it last; the least long for never
 * @param budget the key's own
 * @param wishes what was wanted lately, oldest first
 * @param quarantines what is barred
 * @param rollbacks when changes were rolled back, of the last hour
 */
public record GuardState(
        long changedMillis, Budget budget, List<Wish> wishes, List<Quarantine> quarantines, List<Long> rollbacks) {
    private static final int WISHES_MAX = 128;
    private static final int QUARANTINES_MAX = 32;
    private static final long HOUR_MILLIS = 3_600_000;

    public GuardState {
        wishes = List.copyOf(wishes);
        quarantines = List.copyOf(quarantines);
        rollbacks = List.copyOf(rollbacks);
    }

    /**
     * A value that was wanted.
     *
     * @param value the number
     */
    public record Wish(long atMillis, double value) {}

    /** Nothing happened yet. */
    public static GuardState start(int changesPerHour, long nowMillis) {
        return new GuardState(Long.MIN_VALUE, Budget.full(changesPerHour, nowMillis), List.of(), List.of(), List.of());
    }

    /** After a wish; those older than {@code keepMillis} are forgotten. */
    GuardState wished(double value, long nowMillis, long keepMillis) {
        List<Wish> kept = new ArrayList<>();
        for (Wish wish : wishes) if (wish.atMillis() > nowMillis - keepMillis) kept.add(wish);
        kept.add(new Wish(nowMillis, value));
        if (kept.size() > WISHES_MAX) kept.remove(0);
        return new GuardState(changedMillis, budget, kept, quarantines, rollbacks);
    }

    /** After a relief of a hard goal in danger: nothing of the budget, or no change would be left to come back with. */
    GuardState relieved(long nowMillis) {
        return new GuardState(nowMillis, budget, wishes, quarantines, rollbacks);
    }

    /** After a change was let pass. */
    public GuardState changed(long nowMillis) {
        return new GuardState(nowMillis, budget.at(nowMillis).spend(), wishes, quarantines, rollbacks);
    }

    /** After a change to {@code value} was rolled back: the value is barred. Reverts cost no budget. */
    public GuardState rolledBack(Setting value, Setting from, long nowMillis) {
        int times = 0;
        List<Quarantine> kept = new ArrayList<>();
        for (Quarantine each : quarantines) {
            if (each.value().sameAs(value)) times = Math.max(times, each.times());
            else if (each.untilMillis() > nowMillis - 24 * HOUR_MILLIS) kept.add(each);
        }
        kept.add(Quarantine.after(value, from, times, nowMillis));
        if (kept.size() > QUARANTINES_MAX) kept.remove(0);
        List<Long> recent = new ArrayList<>();
        for (long at : rollbacks) if (at > nowMillis - HOUR_MILLIS) recent.add(at);
        recent.add(nowMillis);
        return new GuardState(changedMillis, budget, wishes, kept, recent);
    }

    /** After a person declined a change to {@code value}: it is barred for a while, and nothing is held against the policy. */
    public GuardState barred(Setting value, Setting from, long nowMillis) {
        return new GuardState(
                changedMillis,
                budget,
                wishes,
                rolledBack(value, from, nowMillis).quarantines(),
                rollbacks);
    }

    /** Whether two rollbacks happened within an hour: the policy is not to be trusted (tuning §3.1, circuit breaker). */
    public boolean tripped(long nowMillis) {
        return rollbacks.stream().filter(at -> at > nowMillis - HOUR_MILLIS).count() >= 2;
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.fixed64(changedMillis);
        budget.write(out);
        out.varint(wishes.size());
        for (Wish wish : wishes) out.varint(wish.atMillis()).fixed64(Double.doubleToRawLongBits(wish.value()));
        out.varint(quarantines.size());
        for (Quarantine each : quarantines) each.write(out);
        out.varint(rollbacks.size());
        for (long at : rollbacks) out.varint(at);
    }

    /** Reads what {@link #write} wrote. */
    public static GuardState read(Decoder in) {
        long changed = in.fixed64();
        Budget budget = Budget.read(in);
        List<Wish> wishes = new ArrayList<>();
        for (int i = in.count(9); i > 0; i--) wishes.add(new Wish(in.varint(), Double.longBitsToDouble(in.fixed64())));
        List<Quarantine> quarantines = new ArrayList<>();
        for (int i = in.count(4); i > 0; i--) quarantines.add(Quarantine.read(in));
        List<Long> rollbacks = new ArrayList<>();
        for (int i = in.count(1); i > 0; i--) rollbacks.add(in.varint());
        return new GuardState(changed, budget, wishes, quarantines, rollbacks);
    }
}
