package dev.attune.tuning.policy;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.OnMissing;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.expression.Language.Result;
import dev.attune.tuning.guard.Limits;
import dev.attune.tuning.policy.Policy.Metadata;
import dev.attune.tuning.policy.RolloutPolicy.Stage;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.verdict.Guard;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads policies. Strict: unknown fields, repeated fields, aliases and anything out of bounds are mistakes with a place.
 * Only the tree of nodes is built, never an object that the text names. Not safe to share while it reads.
 */
public final class PolicyReader {
    /** How long a text may be, in characters; checked before anything is read. */
    public static final int LENGTH_MAX = 64 << 10;

    /** How many policies one text may hold. */
    public static final int POLICIES_MAX = 32;

    private static final String VERSION = "attune/v1";
    private static final int DEPTH_MAX = 16;

    private final Language language;

    public PolicyReader(Language language) {
        this.language = language;
    }

    /**
     * The policies of a text, one per document.
     *
     * @throws PolicyException at the first mistake
     */
    public List<Policy> read(String text) {
        List<Node> documents = documents(text);
        List<Policy> policies = new ArrayList<>();
        for (Node document : documents) policies.add(policy(new Fields(document)));
        return policies;
    }

    /**
     * The guards of a text: a document with a list {@code guards}, or the guards of a tuning policy.
     *
     * @throws PolicyException at the first mistake
     */
    public List<GuardSpec> guards(String text) {
        List<GuardSpec> guards = new ArrayList<>();
        for (Node document : documents(text)) {
            Fields fields = new Fields(document);
            if (fields.has("kind")) {
                if (policy(fields) instanceof TuningPolicy tuning) guards.addAll(tuning.guards());
                continue;
            }
            for (Node each : fields.list("guards")) guards.add(guard(new Fields(each)));
            fields.end();
        }
        if (guards.isEmpty()) throw new PolicyException(1, 1, "guards: none (expected: at least one)");
        return guards;
    }

    private static List<Node> documents(String text) {
        if (text.length() > LENGTH_MAX)
            throw new PolicyException(
                    1, 1, "policy: " + text.length() + " characters (expected: <= " + LENGTH_MAX + ")");
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEPTH_MAX);
        options.setCodePointLimit(LENGTH_MAX);
        List<Node> documents = new ArrayList<>();
        try {
            for (Node document : new Yaml(new SafeConstructor(options)).composeAll(new StringReader(text))) {
                if (documents.size() == POLICIES_MAX)
                    throw Fields.mistake(document, "policies: more than " + POLICIES_MAX);
                documents.add(document);
            }
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            throw new PolicyException(
                    mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1, e.getProblem());
        } catch (YAMLException | IndexOutOfBoundsException | IllegalStateException e) {
            // The parser trips over some malformed tags and escapes instead of naming them.
            throw new PolicyException(1, 1, "not valid YAML");
        }
        if (documents.isEmpty()) throw new PolicyException(1, 1, "policy: none (expected: at least one document)");
        return documents;
    }

    private Policy policy(Fields fields) {
        String version = fields.text("apiVersion", VERSION);
        if (!version.equals(VERSION))
            throw Fields.mistake(fields.need("apiVersion"), "apiVersion: " + version + " (expected: " + VERSION + ")");
        String kind = fields.text("kind");
        Fields meta = fields.map("metadata");
        Metadata metadata = Fields.checked(
                meta.node(),
                () -> new Metadata(
                        meta.text("name"),
                        meta.text("namespace", "default"),
                        meta.text("app"),
                        meta.text("owner", "")));
        meta.end();
        Fields spec = fields.map("spec");
        Policy policy =
                switch (kind) {
                    case "TuningPolicy" -> tuning(metadata, spec);
                    case "RolloutPolicy" -> rollout(metadata, spec);
                    default ->
                        throw Fields.mistake(
                                fields.need("kind"), "kind: " + kind + " (expected: TuningPolicy or RolloutPolicy)");
                };
        spec.end();
        fields.end();
        return policy;
    }

    private TuningPolicy tuning(Metadata metadata, Fields spec) {
        // Nothing acts by itself unless its author says so (tuning §3.1).
        Mode mode = spec.word("mode", Mode.values(), Mode.RECOMMEND);
        List<String> keys = spec.has("key") ? List.of(spec.text("key")) : spec.texts("keys");
        Method method = method(spec);
        @Nullable Expression binding = optional(spec, "binding", Result.CONDITION);
        List<GuardSpec> guards = new ArrayList<>();
        for (Node each : spec.list("guards")) guards.add(guard(new Fields(each)));
        TuningPolicy.Rhythm rhythm = rhythm(spec, method);
        List<FreezeWindow> freezes = new ArrayList<>();
        for (Node each : spec.list("freeze")) {
            Fields freeze = new Fields(each);
            freezes.add(Fields.checked(
                    each,
                    () -> new FreezeWindow(
                            freeze.text("cron"),
                            Fields.duration(freeze.need("for"), "for"),
                            freeze.text("tz", "UTC"),
                            freeze.text("why", "frozen"))));
            freeze.end();
        }
        Action action = Actions.read(spec, keys.size(), rhythm);
        if (method instanceof Method.ByGoal && action.ranges().isEmpty())
            throw Fields.mistake(spec.node(), "range: none (expected: a range or an envelope for the goal's key)");
        return Fields.checked(
                spec.node(),
                () -> new TuningPolicy(metadata, mode, keys, method, action, binding, guards, rhythm, freezes));
    }

    private Method method(Fields spec) {
        int methods = (spec.has("goal") ? 1 : 0) + (spec.has("steps") ? 1 : 0) + (spec.has("maximize") ? 1 : 0);
        if (methods != 1) throw Fields.mistake(spec.node(), "expected: exactly one of goal, steps, maximize");
        if (spec.has("goal")) return goal(spec.map("goal"));
        if (spec.has("steps")) return threshold(spec);
        String name = spec.text("method", "hillclimb");
        if (!name.equals("hillclimb"))
            throw Fields.mistake(spec.need("method"), "method: " + name + " (expected: hillclimb)");
        double cohort = spec.number("cohort", 0.2);
        double regret = spec.number("maxRegretPerDay", 0.02);
        if (!(cohort > 0 && cohort <= 0.5))
            throw Fields.mistake(spec.node(), "cohort: " + cohort + " (expected: 0..50%)");
        if (!(regret > 0)) throw Fields.mistake(spec.node(), "maxRegretPerDay: " + regret + " (expected: > 0)");
        int windows = spec.count("windows", 4);
        if (windows < 1 || windows > 60)
            throw Fields.mistake(spec.need("windows"), "windows: " + windows + " (expected: 1..60)");
        return new Method.ByClimb(spec.expression("maximize", language, Result.NUMBER), cohort, regret, windows);
    }

    private Method goal(Fields goal) {
        Goal.Direction direction = goal.has("below")
                ? Goal.Direction.BELOW
                : goal.has("above") ? Goal.Direction.ABOVE : Goal.Direction.TRACK;
        if (direction == Goal.Direction.TRACK && !goal.has("track"))
            throw Fields.mistake(goal.node(), "expected: one of below, above, track");
        String side = direction.name().toLowerCase(java.util.Locale.ROOT);
        double value = Fields.number(goal.need(side), side);
        Goal.Kind kind = goal.word("kind", Goal.Kind.values(), Goal.Kind.SOFT);
        boolean log = goal.text("model", "linear").equals("log");
        double gain = goal.text("gain", "auto").equals("auto") ? Double.NaN : goal.number("gain", 0);
        double deadBand = goal.number("deadBand", Goal.deadBand(kind));
        int share = goal.count("share", 1);
        Expression metric = goal.expression("metric", language, Result.NUMBER);
        @Nullable Expression deputy = optional(goal, "deputy", Result.NUMBER);
        Goal checked = Fields.checked(goal.node(), () -> new Goal(value, kind, direction, log, deadBand, share));
        goal.end();
        return new Method.ByGoal(metric, checked, gain, deputy);
    }

    private Method threshold(Fields spec) {
        Fields steps = spec.map("steps");
        Expression when = steps.expression("when", language, Result.CONDITION);
        @Nullable Expression size = optional(steps, "size", Result.NUMBER);
        @Nullable Expression clear = optional(steps, "clear", Result.CONDITION);
        List<ThresholdController.Step> list = new ArrayList<>();
        if (steps.has("at")) for (Node each : steps.list("at")) list.add(step(new Fields(each), true));
        else list.add(step(steps, false));
        long forMillis = steps.duration("for", 120_000);
        ThresholdController.Return back = new ThresholdController.Return(900_000, Setting.of(""), 0, 0);
        if (spec.has("return")) {
            Fields home = spec.map("return");
            String to = home.text("to", "previous");
            back = new ThresholdController.Return(
                    home.duration("for", 900_000),
                    Setting.of(to.equals("previous") ? "" : to),
                    home.number("by", 0),
                    home.duration("every", 300_000));
            if (home.has("when")) clear = home.expression("when", language, Result.CONDITION);
            home.end();
        }
        ThresholdController.Return way = back;
        ThresholdController controller =
                Fields.checked(steps.node(), () -> new ThresholdController(list, forMillis, way));
        steps.end();
        return new Method.ByThreshold(when, size, clear, controller);
    }

    private static ThresholdController.Step step(Fields step, boolean sized) {
        if (step.has("set") == step.has("change")) throw Fields.mistake(step.node(), "expected: either set or change");
        double at = sized ? Fields.number(step.need("size"), "size") : Double.NEGATIVE_INFINITY;
        double factor = step.has("change") ? 1 + step.number("change", 0) : Double.NaN;
        Setting set = Setting.of(step.has("set") ? step.text("set") : "");
        if (sized) step.end();
        return new ThresholdController.Step(at, factor, set);
    }

    private GuardSpec guard(Fields fields) {
        String name = fields.text("name");
        Guard.Worse worse = fields.word("worse", Guard.Worse.values(), Guard.Worse.UP);
        Guard.Scale scale = fields.word("scale", Guard.Scale.values(), Guard.Scale.RATIO);
        double margin = fields.number("margin", fields.has("counts") ? 0.5 : 0.05);
        boolean critical = fields.flag("critical") || fields.has("newErrorTemplate");
        double limit = fields.number("limit", Double.NaN);
        Guard guard = Fields.checked(fields.node(), () -> new Guard(name, scale, worse, margin, critical, limit));
        GuardSpec spec;
        if (fields.has("expr")) {
            spec = new GuardSpec.Level(guard, fields.expression("expr", language, Result.NUMBER));
        } else if (fields.has("counts")) {
            List<Node> counts = fields.list("counts");
            if (counts.isEmpty() || counts.size() > 2)
                throw Fields.mistake(
                        fields.node(), "counts: " + counts.size() + " (expected: events, and of how many)");
            spec = new GuardSpec.Events(
                    guard, selector(counts.get(0)), counts.size() == 2 ? selector(counts.get(1)) : null);
        } else if (fields.flag("newErrorTemplate")) {
            spec = new GuardSpec.NewErrors(guard);
        } else {
            throw Fields.mistake(fields.node(), "expected: one of expr, counts, newErrorTemplate");
        }
        fields.end();
        return spec;
    }

    private static Selector selector(Node node) {
        return Fields.checked(node, () -> Selector.parse(Fields.text(node)));
    }

    private TuningPolicy.Rhythm rhythm(Fields spec, Method method) {
        List<Node> envelope = spec.list("envelope");
        if (!envelope.isEmpty() && envelope.size() != 2)
            throw Fields.mistake(spec.node(), "envelope: " + envelope.size() + " values (expected: low, high)");
        double low = envelope.isEmpty() ? Double.NEGATIVE_INFINITY : Fields.number(envelope.get(0), "envelope");
        double high = envelope.isEmpty() ? Double.POSITIVE_INFINITY : Fields.number(envelope.get(1), "envelope");
        if (!spec.has("limits")) return rhythm(spec.node(), null, method, low, high);
        Fields limits = spec.map("limits");
        TuningPolicy.Rhythm rhythm = rhythm(limits.node(), limits, method, low, high);
        limits.end();
        return rhythm;
    }

    private static TuningPolicy.Rhythm rhythm(
            Node node, @Nullable Fields given, Method method, double low, double high) {
        if (given == null)
            return Fields.checked(
                    node,
                    () -> new TuningPolicy.Rhythm(
                            30_000, 6, limits(null, method, low, high), OnMissing.HOLD, Quality.DEFAULT));
        long tick = given.duration("tick", 30_000);
        int perHour = given.count("perHour", 6);
        String missing = given.text("onMissing", "hold");
        long after = given.duration("missingFor", 180_000);
        OnMissing onMissing = missing.equals("hold")
                ? OnMissing.HOLD
                : missing.equals("last-good")
                        ? new OnMissing(OnMissing.Action.LAST_GOOD, Setting.of(""), after)
                        : new OnMissing(OnMissing.Action.FALLBACK, Setting.of(missing), after);
        double coverage = given.number("minCoverage", Quality.DEFAULT.coverageMin());
        int instances = given.count("minInstances", 0);
        return Fields.checked(
                node,
                () -> new TuningPolicy.Rhythm(
                        tick, perHour, limits(given, method, low, high), onMissing, new Quality(coverage, instances)));
    }

    /** A goal has a dead band of its own, and a hard one its own caution. */
    private static Limits limits(@Nullable Fields given, Method method, double low, double high) {
        Limits usual = Limits.DEFAULT;
        boolean goal = method instanceof Method.ByGoal;
        boolean hard = method instanceof Method.ByGoal by && by.goal().kind() != Goal.Kind.SOFT;
        double deadBand = goal ? 0 : usual.deadBand();
        long stabilize = hard ? 0 : usual.stabilizeMillis();
        if (given == null)
            return new Limits(
                    low, high, usual.stepUp(), usual.stepRelief(), deadBand, usual.cooldownMillis(), 0, stabilize);
        return new Limits(
                low,
                high,
                given.number("maxStep", usual.stepUp()),
                given.number("maxRelief", usual.stepRelief()),
                given.number("minChange", deadBand),
                given.duration("cooldown", usual.cooldownMillis()),
                given.duration("urgentCooldown", 0),
                given.duration("stabilize", stabilize));
    }

    private static RolloutPolicy rollout(Metadata metadata, Fields spec) {
        Fields match = spec.map("match");
        List<String> keys = match.texts("keys");
        match.end();
        List<Stage> stages = new ArrayList<>();
        for (Node each : spec.list("stages")) {
            boolean share = Fields.text(each).endsWith("%");
            double size = Fields.number(each, "stages");
            stages.add(Fields.checked(each, () -> share ? new Stage(0, size) : new Stage((int) size, 0)));
        }
        Fields stage = spec.has("stage") ? spec.map("stage") : null;
        long minTime = stage == null ? 180_000 : stage.duration("minTime", 180_000);
        long deadline = stage == null ? 1_800_000 : stage.duration("deadline", 1_800_000);
        if (stage != null) stage.end();
        String inconclusive = spec.text("onInconclusive", "hold");
        if (!inconclusive.equals("hold") && !inconclusive.equals("revert"))
            throw Fields.mistake(
                    spec.need("onInconclusive"), "onInconclusive: " + inconclusive + " (expected: hold or revert)");
        long bake = spec.duration("bake", 600_000);
        String guards = spec.text("guardsFrom", "");
        return Fields.checked(
                spec.node(),
                () -> new RolloutPolicy(
                        metadata, keys, stages, minTime, deadline, bake, inconclusive.equals("revert"), guards));
    }

    private @Nullable Expression optional(Fields fields, String name, Result result) {
        return fields.has(name) ? fields.expression(name, language, result) : null;
    }
}
