package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one process of an instance holds and decides: a model of the SDK. A value is put in force by an update and by
 * nothing else; what was accepted or held durably is put in force without asking the guards again.
 */
final class Participant {
    private final InstanceDisk disk;
    private final Judgement judgement;
    private final boolean stagesDurably;
    private final TreeMap<Long, Map<Coordinate, Long>> accepted = new TreeMap<>();
    private Map<Coordinate, Long> inForce;
    private Map<Coordinate, Long> former;
    private Map<Coordinate, Long> latest;
    private long revision;
    private Answer.@Nullable Kind refusal;

    /** What the program around the SDK says to a release. */
    interface Judgement {
        boolean vetoes(Coordinate file, long release);

        boolean cannotApply(Coordinate file, long release);

        boolean cannotWrite();

        /** A state was put in force. */
        void putInForce(Map<Coordinate, Long> state);
    }

    Participant(InstanceDisk disk, Judgement judgement, boolean stagesDurably) {
        this.disk = disk;
        this.judgement = judgement;
        this.stagesDurably = stagesDurably;
        inForce = disk.snapshot();
        revision = disk.revision();
        former = inForce;
        latest = inForce;
    }

    Map<Coordinate, Long> inForce() {
        return inForce;
    }

    void update(Message.Update update) {
        // From a server that is behind what this instance has seen (S1).
        if (update.revision() < revision) return;
        revision = update.revision();
        latest = update.state();
        refusal = null;
        if (latest.equals(inForce)) return;
        boolean known = latest.equals(former) || isPrepared(latest);
        for (Map.Entry<Coordinate, Long> each : latest.entrySet()) {
            if (each.getValue().equals(inForce.get(each.getKey()))) continue;
            if (!known && judgement.vetoes(each.getKey(), each.getValue())) refusal = Answer.Kind.REJECTED;
            else if (judgement.cannotApply(each.getKey(), each.getValue())) refusal = Answer.Kind.FAILED;
            if (refusal != null) return;
        }
        putInForce(latest);
    }

    private boolean isPrepared(Map<Coordinate, Long> state) {
        for (Map<Coordinate, Long> each : accepted.values()) if (with(each).equals(state)) return true;
        for (Map<Coordinate, Long> each : disk.staged().values()) if (with(each).equals(state)) return true;
        return false;
    }

    private Map<Coordinate, Long> with(Map<Coordinate, Long> candidate) {
        TreeMap<Coordinate, Long> state = new TreeMap<>(Coordinates.ORDER);
        state.putAll(inForce);
        state.putAll(candidate);
        return state;
    }

    private void putInForce(Map<Coordinate, Long> state) {
        former = inForce;
        inForce = state;
        disk.write(state, revision);
        judgement.putInForce(state);
    }

    /** Uses what is held without having been told to: only a broken SDK does. */
    void usePrepared() {
        if (!disk.staged().isEmpty())
            putInForce(with(disk.staged().values().iterator().next()));
    }

    Answer.Kind answer(Message.Ask ask) {
        Directive directive = ask.directive();
        long rollout = directive.rollout();
        switch (directive.kind()) {
            case PREPARE:
                for (Map.Entry<Coordinate, Long> each : ask.candidate().entrySet())
                    if (judgement.vetoes(each.getKey(), each.getValue())) return Answer.Kind.REJECTED;
                accepted.put(rollout, ask.candidate());
                return Answer.Kind.ACCEPTED;
            case STAGE:
                Map<Coordinate, Long> value = accepted.get(rollout);
                if (value == null || judgement.cannotWrite()) return Answer.Kind.FAILED;
                if (stagesDurably) disk.stage(rollout, value);
                return Answer.Kind.PREPARED;
            case COMMIT:
                forget(rollout);
                return latest.equals(inForce) ? Answer.Kind.APPLIED : refused();
            default:
                forget(rollout);
                return latest.equals(inForce) || directive.kind() == Directive.Kind.ABORT
                        ? Answer.Kind.REVERTED
                        : Answer.Kind.FAILED;
        }
    }

    private Answer.Kind refused() {
        return refusal == null ? Answer.Kind.FAILED : refusal;
    }

    private void forget(long rollout) {
        accepted.remove(rollout);
        disk.unstage(rollout);
    }
}
