package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.reach.RolloutMarker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One machine of the fleet: a process that comes and goes, its disk, its connection, and what it does wrong. */
final class Instance implements Participant.Program {
    private final Fleet fleet;
    private final Chance chance;
    private final int number;
    private final Temper temper;
    private final InstanceDisk disk = new InstanceDisk();
    private InstanceRef ref;
    private int incarnation;
    private @Nullable Participant process;
    private @Nullable Session session;
    private boolean cutOff;
    private boolean returned;
    private int life;
    private long diskBusyUntil;

    Instance(Fleet fleet, Chance chance, int number, Temper temper) {
        this.fleet = fleet;
        this.chance = chance;
        this.number = number;
        this.temper = temper;
        ref = new InstanceRef("orders", "i" + number);
    }

    InstanceRef ref() {
        return ref;
    }

    InstanceDisk disk() {
        return disk;
    }

    boolean isUp() {
        return process != null;
    }

    boolean isConnected() {
        Session open = session;
        return open != null && !open.isClosed();
    }

    /** What is in force; empty while the process is down. */
    Map<Coordinate, Long> inForce() {
        return process == null ? Map.of() : process.inForce();
    }

    /** Whether it refuses a release for good, so that it may keep another. */
    boolean refuses(Coordinate file, long release) {
        return vetoes(file, release) || cannotApply(file, release);
    }

    /** Whether what it says of itself may be untrue. */
    boolean mayLie() {
        return temper == Temper.REPEATING || temper == Temper.FORGETTING || temper == Temper.STALE;
    }

    // ---- life

    void start() {
        if (process != null) return;
        life++;
        process = new Participant(disk, this, fleet.parts().stagesDurably());
        if (!disk.staged().isEmpty()) fleet.reach().mark(RolloutMarker.STAGED_SURVIVED_RESTART);
        reconnect();
    }

    void crash() {
        if (process == null) return;
        process = null;
        int of = ++life;
        if (session != null) session.close();
        session = null;
        if (chance.below(4) == 0) {
            incarnation++;
            ref = new InstanceRef("orders", "i" + number + "-" + incarnation);
            fleet.reach().mark(RolloutMarker.CAME_BACK_AS_ANOTHER);
        }
        fleet.time().after(chance.heavyTail(30_000, 3_000_000), () -> {
            if (life == of) start();
        });
    }

    /** No connection can be made for a while. */
    void cutOff(long span) {
        if (cutOff) return;
        cutOff = true;
        if (!disk.staged().isEmpty()) fleet.reach().mark(RolloutMarker.CUT_OFF_PREPARED);
        if (session != null) session.close();
        fleet.time().after(span, () -> cutOff = false);
        int of = life;
        if (!fleet.parts().waitsForDecision())
            fleet.time().after(span / 2, () -> {
                if (life == of && process != null) process.usePrepared();
            });
    }

    /** Ends its troubles; what it cannot help doing it goes on with. */
    void heal() {
        cutOff = false;
        start();
    }

    void closed(Session ended) {
        if (session != ended) return;
        session = null;
        if (process != null) reconnect();
    }

    private void reconnect() {
        int of = life;
        fleet.time().after(chance.between(1_000, 80_000), () -> {
            if (life != of || process == null || session != null) return;
            List<Node> nodes = fleet.reachable();
            session = cutOff || nodes.isEmpty() ? null : chance.one(nodes).connect(this);
            if (session == null) reconnect();
            else fleet.judge().connected(this);
            returned = session != null;
        });
    }

    // ---- what is received

    void received(Session from, Message message) {
        Participant own = process;
        if (own == null || from != session) return;
        if (message instanceof Message.Update update) {
            boolean held = !disk.staged().isEmpty();
            Map<Coordinate, Long> before = own.inForce();
            if (dies(RolloutMarker.DIED_WHILE_APPLYING, held && !before.equals(update.state()))) return;
            own.update(update);
            if (returned && held && !before.equals(own.inForce()))
                fleet.reach().mark(RolloutMarker.LATE_COMMIT_LEARNED);
            returned = false;
            return;
        }
        Message.Ask ask = (Message.Ask) message;
        Directive.Kind kind = ask.directive().kind();
        if (dies(RolloutMarker.DIED_BEFORE_VOTE, kind == Directive.Kind.PREPARE)) return;
        own.directed(ask);
    }

    @Override
    public void onDisk(Runnable what) {
        int of = life;
        diskBusyUntil = Math.max(diskBusyUntil, fleet.time().now() + chance.between(0, 8_000));
        fleet.time().after(diskBusyUntil - fleet.time().now(), () -> {
            if (life == of && process != null) what.run();
        });
    }

    @Override
    public void say(Answer answer) {
        boolean vote = answer.kind() == Answer.Kind.ACCEPTED || answer.kind() == Answer.Kind.REJECTED;
        if (dies(RolloutMarker.DIED_AFTER_VOTE, vote)) return;
        if (dies(RolloutMarker.DIED_WHILE_STAGING, answer.kind() == Answer.Kind.PREPARED)) return;
        Session open = session;
        if (open != null) reply(open, answer);
    }

    private void reply(Session to, Answer answer) {
        if (temper == Temper.SILENT && misbehaves()) {
            fleet.reach().mark(RolloutMarker.SILENT);
        } else if (temper == Temper.LATE && misbehaves()) {
            fleet.reach().mark(RolloutMarker.LATE_VOTER);
            fleet.time().after(chance.heavyTail(300_000, 3_000_000), () -> say(to, answer));
        } else if (temper == Temper.REPEATING && misbehaves()) {
            say(to, answer);
            say(to, chance.below(2) == 0 ? answer : contrary(answer));
        } else if (temper == Temper.STALE && misbehaves() && answer.step() > 1) {
            // Said of an earlier step, as one from before a change of the coordinator would be.
            say(to, new Answer(answer.kind(), answer.rollout(), answer.step() - 1, answer.reason()));
            fleet.time().after(chance.between(20_000, 400_000), () -> say(to, answer));
        } else {
            say(to, answer);
        }
        if (temper == Temper.FORGETTING && answer.kind() == Answer.Kind.PREPARED && misbehaves()) forget();
    }

    private void forget() {
        fleet.time().after(chance.between(0, 50_000), () -> {
            fleet.reach().mark(RolloutMarker.STAGED_LOST);
            fleet.judge().lostDisk(this);
            disk.lose();
            crash();
        });
    }

    private Answer contrary(Answer answer) {
        boolean yes = answer.kind() != Answer.Kind.REJECTED && answer.kind() != Answer.Kind.FAILED;
        if (yes) fleet.reach().mark(RolloutMarker.VOTE_TAKEN_BACK);
        Answer.Kind other =
                switch (answer.kind()) {
                    case ACCEPTED -> Answer.Kind.REJECTED;
                    case REJECTED -> Answer.Kind.ACCEPTED;
                    default -> Answer.Kind.FAILED;
                };
        return new Answer(other, answer.rollout(), answer.step(), yes ? "no after yes" : "");
    }

    private void say(Session to, Answer answer) {
        if (process == null || to.isClosed() || to != session) return;
        fleet.judge().said(this, answer);
        to.answer(answer);
    }

    private boolean misbehaves() {
        return chance.permille(fleet.options().misdeeds());
    }

    private boolean dies(RolloutMarker where, boolean applies) {
        if (!applies || temper != Temper.DYING || fleet.isHealed() || !chance.permille(200)) return false;
        fleet.reach().mark(where);
        crash();
        return true;
    }

    // ---- what the program around the SDK does

    @Override
    public boolean vetoes(Coordinate file, long release) {
        return temper == Temper.VETOING && drawn(file, release);
    }

    @Override
    public boolean cannotApply(Coordinate file, long release) {
        return temper == Temper.TURNING && drawn(file, release);
    }

    @Override
    public boolean cannotWrite() {
        return temper == Temper.FULL_DISK && misbehaves();
    }

    /** The same each time it is asked of one release; never of the first, which is in force everywhere. */
    private boolean drawn(Coordinate file, long release) {
        long bits = Chance.mix(number * 31L + file.toString().hashCode() * 7L + release * 131L);
        return release > 1
                && Long.remainderUnsigned(bits, 1000) < fleet.options().misdeeds() / 2;
    }

    @Override
    public void putInForce(Map<Coordinate, Long> state) {
        fleet.trace().note(ref.id(), "puts in force", state.hashCode(), life);
        fleet.judge().putInForce(this, state);
    }
}
