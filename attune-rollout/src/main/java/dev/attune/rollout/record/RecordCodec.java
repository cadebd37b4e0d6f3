package dev.attune.rollout.record;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.rollout.plan.Deadlines;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Stored bytes ↔ what is kept of a rollout. Wire-stable; malformed input ends in a {@link MalformedException} before
 * anything of its size is allocated.
 */
public final class RecordCodec {
    private static final int FORM = 1;
    /** Of a record whose plan names a change. */
    private static final int FORM_OF_CHANGE = 2;

    private static final int ATOMIC = 1;
    private static final int PROGRESSIVE = 2;
    private static final int IMMEDIATE = 3;
    private static final int PROGRESSIVE_OR_BACK = 4;

    private RecordCodec() {}

    public static Bytes encode(RolloutRecord record) {
        String change = record.plan().change();
        Encoder out = new Encoder(256)
                .byteValue(change.isEmpty() ? FORM : FORM_OF_CHANGE)
                .varint(record.number());
        write(out, record.plan());
        if (!change.isEmpty()) out.text(change);
        Position at = record.at();
        out.varint(at.phase().ordinal())
                .varint(at.step())
                .varint(at.stage() + 1)
                .varint(at.bound() + 1);
        out.bool(record.paused()).text(record.reason()).varint(record.targets());
        Times times = record.times();
        return out.varint(times.createdMillis()).varint(times.phaseMillis()).toBytes();
    }

    public static RolloutRecord decodeRecord(Bytes stored) {
        return whole(stored, FORM_OF_CHANGE, (form, in) -> {
            long number = in.varint();
            RolloutPlan plan = readPlan(in, form == FORM_OF_CHANGE);
            Phase phase = in.enumValue(Phase.values());
            long step = in.varint();
            int stage = in.varint(Integer.MAX_VALUE) - 1;
            Position at = new Position(phase, step, stage, in.varint() - 1);
            boolean paused = in.bool();
            String reason = in.text();
            int targets = in.varint(Integer.MAX_VALUE);
            return new RolloutRecord(number, plan, at, paused, reason, targets, new Times(in.varint(), in.varint()));
        });
    }

    public static Bytes encode(InstanceProgress progress) {
        return new Encoder(32)
                .byteValue(FORM)
                .varint(progress.state().ordinal())
                .text(progress.reason())
                .varint(progress.step())
                .varint(progress.timeMillis())
                .toBytes();
    }

    public static InstanceProgress decodeProgress(Bytes stored) {
        return whole(
                stored,
                FORM,
                (form, in) -> new InstanceProgress(
                        in.enumValue(InstanceState.values()), in.text(), in.varint(), in.varint()));
    }

    public static Bytes encode(Verdict verdict) {
        return new Encoder(32)
                .byteValue(FORM)
                .varint(verdict.step())
                .varint(verdict.judgement().ordinal())
                .fixed64(Double.doubleToLongBits(verdict.score()))
                .text(verdict.reason())
                .toBytes();
    }

    public static Verdict decodeVerdict(Bytes stored) {
        return whole(
                stored,
                FORM,
                (form, in) -> new Verdict(
                        in.varint(),
                        in.enumValue(Verdict.Judgement.values()),
                        Double.longBitsToDouble(in.fixed64()),
                        in.text()));
    }

    private static void write(Encoder out, RolloutPlan plan) {
        out.varint(plan.files().size());
        for (FileMove each : plan.files()) {
            Coordinate file = each.file();
            out.text(file.environment())
                    .text(file.application())
                    .text(file.cluster())
                    .text(file.file());
            out.varint(each.before()).varint(each.after());
        }
        plan.strategy().match(new StrategyWriter(out));
        out.text(plan.author()).text(plan.message()).text(plan.webhook()).varint(plan.lostAfterMillis());
    }

    private static RolloutPlan readPlan(Decoder in, boolean ofChange) {
        List<FileMove> files = list(
                in,
                10,
                RolloutPlan.FILES_MAX,
                each -> new FileMove(
                        new Coordinate(each.text(), each.text(), each.text(), each.text()),
                        each.varint(),
                        each.varint()));
        return new RolloutPlan(
                files, readStrategy(in), in.text(), in.text(), in.text(), in.varint(), ofChange ? in.text() : "");
    }

    private static Strategy readStrategy(Decoder in) {
        int kind = in.byteValue();
        return switch (kind) {
            case ATOMIC ->
                new Strategy.Atomic(
                        new Quorum(in.varint(10_000)),
                        new Deadlines(in.varint(), in.varint(), in.varint(), in.varint()));
            case PROGRESSIVE, PROGRESSIVE_OR_BACK ->
                new Strategy.Progressive(
                        list(in, 4, Strategy.Progressive.STAGES_MAX, RecordCodec::readStage),
                        new Strategy.Tolerance(in.varint(Integer.MAX_VALUE), in.varint(Integer.MAX_VALUE)),
                        in.varint(),
                        in.varint(),
                        kind == PROGRESSIVE
                                ? Strategy.Progressive.Undecided.PAUSE
                                : Strategy.Progressive.Undecided.UNDO,
                        in.varint());
            case IMMEDIATE -> new Strategy.Immediate(in.varint(), in.varint());
            default -> throw new MalformedException("strategy: " + kind + " (expected: 1..4)");
        };
    }

    private static Stage readStage(Decoder in) {
        return new Stage(in.varint(Integer.MAX_VALUE), in.varint(10_000), in.varint(), in.bool());
    }

    private static <T> T whole(Bytes stored, int newest, BiFunction<Integer, Decoder, T> read) {
        Decoder in = new Decoder(stored);
        int form = in.byteValue();
        if (form < FORM || form > newest)
            throw new MalformedException("form: " + form + " (expected: " + FORM + ".." + newest + ")");
        try {
            T value = read.apply(form, in);
            in.expectEnd();
            return value;
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static <T> List<T> list(Decoder in, int bytesEach, int max, Function<Decoder, T> read) {
        int count = in.count(bytesEach);
        if (count > max) throw new MalformedException("elements: " + count + " (expected: <= " + max + ")");
        List<T> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) all.add(read.apply(in));
        return all;
    }

    private record StrategyWriter(Encoder out) implements Strategy.Cases<Encoder> {
        @Override
        public Encoder atomic(Strategy.Atomic atomic) {
            Deadlines deadlines = atomic.deadlines();
            out.byteValue(ATOMIC).varint(atomic.quorum().basisPoints());
            out.varint(deadlines.prepareMillis()).varint(deadlines.stageMillis());
            return out.varint(deadlines.applyMillis()).varint(deadlines.undoMillis());
        }

        @Override
        public Encoder progressive(Strategy.Progressive progressive) {
            boolean back = progressive.undecided() == Strategy.Progressive.Undecided.UNDO;
            out.byteValue(back ? PROGRESSIVE_OR_BACK : PROGRESSIVE)
                    .varint(progressive.stages().size());
            for (Stage each : progressive.stages())
                out.varint(each.count())
                        .varint(each.basisPoints())
                        .varint(each.minimumMillis())
                        .bool(each.judged());
            Strategy.Tolerance tolerance = progressive.tolerance();
            out.varint(tolerance.lostMax()).varint(tolerance.refusedMax());
            return out.varint(progressive.applyMillis())
                    .varint(progressive.verdictMillis())
                    .varint(progressive.undoMillis());
        }

        @Override
        public Encoder immediate(Strategy.Immediate immediate) {
            return out.byteValue(IMMEDIATE).varint(immediate.applyMillis()).varint(immediate.undoMillis());
        }
    }
}
