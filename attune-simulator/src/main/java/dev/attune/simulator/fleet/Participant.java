package dev.attune.simulator.fleet;

import dev.attune.client.rollout.Participation;
import dev.attune.client.rollout.Participation.Act;
import dev.attune.model.config.Coordinate;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One process of an instance: the SDK's own {@link Participation}, and around it what the SDK does there with threads,
 * disks and a connection. A state is which release of each file is in force, 0 for a file that is gone.
 */
final class Participant {
    private final Participation<Map<Coordinate, Long>> core = new Participation<>(Map::equals);
    private final InstanceDisk disk;
    private final Program program;
    private final boolean stagesDurably;
    private Map<Coordinate, Long> inForce;
    private Map<Coordinate, Long> offered;
    private long revision;

    /** What is around the SDK: the program it is part of, its disk's time, its connection. */
    interface Program {
        boolean vetoes(Coordinate file, long release);

        boolean cannotApply(Coordinate file, long release);

        boolean cannotWrite();

        /** A state was put in force. */
        void putInForce(Map<Coordinate, Long> state);

        /** Does it on the disk's thread: after what was given before, and never when the process is gone. */
        void onDisk(Runnable what);

        void say(Answer answer);
    }

    Participant(InstanceDisk disk, Program program, boolean stagesDurably) {
        this.disk = disk;
        this.program = program;
        this.stagesDurably = stagesDurably;
        inForce = disk.snapshot();
        offered = inForce;
        revision = disk.revision();
        disk.staged().forEach((rollout, staged) -> core.restored(rollout, staged.step(), staged.state()));
    }

    Map<Coordinate, Long> inForce() {
        return inForce;
    }

    void update(Message.Update update) {
        // From a server that is behind what this instance has seen (S1).
        if (update.revision() < revision) return;
        revision = update.revision();
        offered = update.state();
        if (!core.isDecided(inForce, offered) && vetoes(offered)) {
            core.vetoed("vetoed");
            return;
        }
        Map<Coordinate, Long> before = inForce;
        core.inForce(before.isEmpty() ? null : before, offered);
        if (!before.equals(offered)) putInForce(offered);
    }

    private boolean vetoes(Map<Coordinate, Long> state) {
        for (Map.Entry<Coordinate, Long> each : state.entrySet())
            if (!each.getValue().equals(inForce.get(each.getKey())) && program.vetoes(each.getKey(), each.getValue()))
                return true;
        return false;
    }

    private void putInForce(Map<Coordinate, Long> state) {
        boolean fails = false;
        for (Map.Entry<Coordinate, Long> each : state.entrySet())
            fails |= !each.getValue().equals(inForce.get(each.getKey()))
                    && program.cannotApply(each.getKey(), each.getValue());
        inForce = state;
        disk.write(state, revision);
        program.putInForce(state);
        core.applied(fails ? "cannot" : "");
    }

    /** Uses what is held without having been told to: only a broken SDK does. */
    void usePrepared() {
        if (!disk.staged().isEmpty())
            putInForce(disk.staged().values().iterator().next().state());
    }

    void directed(Message.Ask ask) {
        TreeMap<Coordinate, Long> trial = new TreeMap<>(Coordinates.ORDER);
        trial.putAll(offered);
        trial.putAll(ask.candidate());
        boolean prepare = ask.directive().kind() == Directive.Kind.PREPARE;
        core.directed(ask.directive(), prepare ? trial : null).forEach(this::carryOut);
    }

    private void carryOut(Act<Map<Coordinate, Long>> act) {
        if (act instanceof Act.Ask<Map<Coordinate, Long>> ask) {
            String reason = vetoes(ask.trial()) ? "vetoed" : "";
            core.voted(ask.directive(), ask.trial(), reason).forEach(this::carryOut);
        } else if (act instanceof Act.Stage<Map<Coordinate, Long>> stage) {
            program.onDisk(() -> stage(stage.directive(), stage.trial()));
        } else if (act instanceof Act.Say<Map<Coordinate, Long>> say) {
            program.say(say.answer());
        } else if (act instanceof Act.Unstage<Map<Coordinate, Long>> unstage) {
            program.onDisk(() -> disk.unstage(unstage.rollout()));
        }
    }

    private void stage(Directive directive, Map<Coordinate, Long> trial) {
        boolean written = !program.cannotWrite();
        if (written && stagesDurably) disk.stage(directive.rollout(), new InstanceDisk.Staged(directive.step(), trial));
        List<Act<Map<Coordinate, Long>>> acts = core.staged(directive, written ? "" : "cannot");
        acts.forEach(this::carryOut);
    }
}
