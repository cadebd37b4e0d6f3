package dev.attune.server.verdicts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.Bytes;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict.Judgement;
import dev.attune.server.http.Json;
import dev.attune.server.rollouts.RolloutService.Seen;
import dev.attune.server.signals.SignalScope;
import dev.attune.server.signals.Signals;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.StageReadings.Change;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Steps;
import dev.attune.tuning.verdict.GuardEvidence;
import dev.attune.tuning.verdict.GuardVerdict;
import dev.attune.tuning.verdict.StageEvidence;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import dev.attune.tuning.verdict.StageJudge;
import dev.attune.tuning.verdict.StageVerdict;
import dev.attune.tuning.verdict.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Follows the stages of one guarded rollout. One thread at a time. */
final class StageWatch {
    /** Error templates say nothing before logs have been counted for so long: until then all of them are new. */
    private static final long WARM_MILLIS = 60_000;

    /** Nothing that was measured for less is called fine, however short a stage may be. */
    private static final long PASS_MILLIS_MIN = 60_000;

    /** So near a deployment nobody can tell which of the two changed what. */
    private static final long BESIDE_MILLIS = 600_000;

    private final Signals signals;
    private final List<GuardSpec> guards;
    private final RolloutTimes times;
    private final Map<String, Double> earlier = new HashMap<>();
    private final Map<String, Double> inStage = new HashMap<>();
    private SortedMap<SignalScope, SortedMap<String, Cohort>> compared = new TreeMap<>();
    private String owner = "";
    private long rollout;
    private int stage = -1;
    private long begunMillis;
    private long changedAtMillis = -1;
    private long lookedStep = Long.MIN_VALUE;

    StageWatch(Signals signals, List<GuardSpec> guards, RolloutTimes times) {
        this.signals = signals;
        this.guards = List.copyOf(guards);
        this.times = times;
    }

    /**
     * What was found.
     *
     * @param evidence what it rests on, as JSON
     */
    record Finding(dev.attune.rollout.record.Verdict verdict, Bytes evidence) {}

    /** Looks; nothing while the canaries are still answering, or when nothing was measured since the last look. */
    Optional<Finding> look(Seen seen, long nowMillis) {
        RolloutRecord record = seen.record();
        Sides sides = Sides.of(record, seen.targets());
        if (record.at().stage() != stage) begin(record, sides, nowMillis);
        if (!sides.settled()) return Optional.empty();
        if (changedAtMillis < 0) changedAtMillis = nowMillis;
        long step = Steps.at(nowMillis);
        if (step == lookedStep) return Optional.empty();
        lookedStep = step;
        Strategy.Progressive progressive = (Strategy.Progressive) record.plan().strategy();
        long minimum = progressive.stages().get(stage).minimumMillis();
        StageVerdict worst = new StageVerdict(Verdict.OK, "nobody has the release in this stage", List.of());
        boolean none = true;
        List<ObjectNode> shown = new ArrayList<>();
        for (SignalScope scope : sides.byScope().keySet()) {
            if (sides.count(scope, Cohort.CANARY) == 0) continue;
            StageVerdict one = judge(sides, scope, minimum, nowMillis);
            shown.add(json(scope, sides, one));
            if (none || one.verdict().compareTo(worst.verdict()) > 0) worst = one;
            none = false;
        }
        Judgement judgement = judgement(worst.verdict());
        String reason = judgement == Judgement.UNDECIDED
                ? worst.verdict().name().toLowerCase(Locale.ROOT) + ": " + worst.reason()
                : worst.reason();
        return Optional.of(new Finding(
                new dev.attune.rollout.record.Verdict(record.step(), judgement, score(worst), reason),
                evidence(record, judgement, reason, shown, nowMillis)));
    }

    private void begin(RolloutRecord record, Sides sides, long nowMillis) {
        // What a count showed in one stage is evidence in the next (tuning §3.6, test 2).
        earlier.putAll(inStage);
        inStage.clear();
        stage = record.at().stage();
        begunMillis = Math.min(record.times().phaseMillis(), nowMillis);
        changedAtMillis = -1;
        lookedStep = Long.MIN_VALUE;
        close(nowMillis);
        rollout = record.number();
        owner = "rollout/" + record.environment() + "/" + record.number();
        compared = sides.byScope();
        compared.forEach((scope, cohorts) -> {
            signals.want(scope, owner, Guards.selectors(guards), List.of());
            signals.compare(scope, cohorts);
            // The canaries may have had the release for a moment when this is seen first.
            signals.watchErrors(scope, owner, cohorts, record.times().phaseMillis());
        });
    }

    /** Ends what was begun with the signals. */
    void close(long nowMillis) {
        compared.keySet().forEach(scope -> {
            signals.want(scope, owner, List.of(), List.of());
            signals.compare(scope, Map.of());
            signals.unwatchErrors(scope, owner, nowMillis);
        });
        compared = new TreeMap<>();
    }

    private StageVerdict judge(Sides sides, SignalScope scope, long minimumMillis, long nowMillis) {
        SortedMap<String, Cohort> cohorts = sides.byScope().getOrDefault(scope, new TreeMap<>());
        Evidence evidence = new Evidence(
                signals, scope, cohorts, new Change(begunMillis, changedAtMillis), times.over(scope, rollout));
        long elapsed = Math.max(0, nowMillis - changedAtMillis);
        StageJudge judge = new StageJudge(
                StageJudge.DEFAULT.alpha(), Math.max(PASS_MILLIS_MIN, minimumMillis), StageJudge.DEFAULT.pointsMin());
        boolean alone = sides.count(scope, Cohort.BASELINE) == 0;
        String beside =
                signals.deployedSince(scope, begunMillis - BESIDE_MILLIS).orElse("");
        List<GuardEvidence> compared = alone ? List.of() : evidence.compared(guards, earlier, nowMillis);
        StageVerdict verdict =
                judge.judge(new StageEvidence(compared, sides.canaries(), newErrors(scope, alone), elapsed, beside));
        if (alone) return beforeAfter(verdict, evidence.alone(guards, nowMillis));
        for (int i = 0; i < compared.size(); i++)
            if (compared.get(i) instanceof GuardEvidence.Counts)
                inStage.put(
                        compared.get(i).guard().name(), verdict.tiles().get(i).evidence());
        return verdict;
    }

    /** With nobody to compare with, the guards are held against the canaries' own past. */
    private StageVerdict beforeAfter(StageVerdict basic, List<GuardVerdict> tiles) {
        Verdict verdict = basic.verdict();
        String reason = basic.reason();
        for (int i = 0, t = 0; i < guards.size() && t < tiles.size(); i++) {
            if (!(guards.get(i) instanceof GuardSpec.Level level)) continue;
            GuardVerdict tile = tiles.get(t++);
            if (!level.guard().critical() || tile.verdict().compareTo(verdict) <= 0) continue;
            verdict = tile.verdict();
            reason = tile.guard() + ": " + tile.reason();
        }
        return new StageVerdict(verdict, reason, tiles);
    }

    private List<NewError> newErrors(SignalScope scope, boolean alone) {
        boolean asked = guards.stream().anyMatch(GuardSpec.NewErrors.class::isInstance);
        // Without a baseline every new error would be the canaries' alone; before the warm-up every error is new.
        boolean warm = signals.sinceMillis(scope) <= changedAtMillis - WARM_MILLIS;
        return asked && warm && !alone ? signals.newErrors(scope, owner) : List.of();
    }

    private static Judgement judgement(Verdict verdict) {
        if (verdict.rollsBack()) return Judgement.FAILED;
        return verdict == Verdict.OK ? Judgement.PASSED : Judgement.UNDECIDED;
    }

    /** The strongest evidence of a change for the worse. */
    private static double score(StageVerdict verdict) {
        double score = 0;
        for (GuardVerdict each : verdict.tiles())
            if (Double.isFinite(each.evidence())) score = Math.max(score, each.evidence());
        return score;
    }

    private ObjectNode json(SignalScope scope, Sides sides, StageVerdict verdict) {
        ObjectNode json = Json.object()
                .put("application", scope.application())
                .put("verdict", verdict.verdict().name())
                .put("reason", verdict.reason());
        ArrayNode canaries = json.putArray("canaries");
        ArrayNode baseline = json.putArray("baseline");
        sides.byScope().getOrDefault(scope, new TreeMap<>()).forEach((id, side) -> {
            if (side == Cohort.CANARY && canaries.size() < 100) canaries.add(id);
            if (side == Cohort.BASELINE && baseline.size() < 100) baseline.add(id);
        });
        ArrayNode tiles = json.putArray("guards");
        for (GuardVerdict each : verdict.tiles()) {
            ObjectNode tile = tiles.addObject()
                    .put("guard", each.guard())
                    .put("verdict", each.verdict().name())
                    .put("points", each.points())
                    .put("reason", each.reason());
            number(tile, "change", each.change());
            number(tile, "lower", each.lower());
            number(tile, "upper", each.upper());
            number(tile, "evidence", each.evidence());
            guards.stream()
                    .filter(guard -> guard.guard().name().equals(each.guard()))
                    .findFirst()
                    .ifPresent(guard -> tile.put("margin", guard.guard().margin()));
        }
        return json;
    }

    private static void number(ObjectNode tile, String name, double value) {
        if (Double.isFinite(value)) tile.put(name, value);
    }

    private Bytes evidence(
            RolloutRecord record, Judgement judgement, String reason, List<ObjectNode> shown, long nowMillis) {
        ObjectNode json = Json.object()
                .put("step", record.step())
                .put("stage", stage + 1)
                .put("judgement", judgement.name())
                .put("reason", reason)
                .put("at", Instant.ofEpochMilli(nowMillis).toString())
                .put("changed", Instant.ofEpochMilli(changedAtMillis).toString());
        ArrayNode applications = json.putArray("applications");
        shown.forEach(applications::add);
        return Json.write(json);
    }
}
