package dev.attune.server.signals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.http.Json;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.ExpressionException;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.signal.Admission;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.signal.Steps;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers, on the leader, what people ask about signals. Callable from any thread. */
final class SignalAnswers implements Function<Bytes, Bytes> {
    private static final long TILE_MILLIS = 3_600_000;
    private static final int POINTS_MAX = 720;
    private static final int SHOWN_MAX = 2_000;
    private static final int EVALUATIONS_MAX = 20_000;

    private final SignalNode node;
    private final Signals signals;
    private final Map<String, BiFunction<SignalScope, JsonNode, ObjectNode>> others = new ConcurrentHashMap<>();
    private @Nullable Language language;

    SignalAnswers(SignalNode node) {
        this.node = node;
        this.signals = node.signals();
    }

    @Override
    public Bytes apply(Bytes question) {
        JsonNode asked = Json.tree(question);
        SignalScope scope = new SignalScope(
                asked.path("environment").asText(), asked.path("application").asText());
        ObjectNode answer =
                switch (asked.path("ask").asText()) {
                    case "list" -> list(scope);
                    case "query" -> query(scope, asked);
                    case "templates" -> templates(scope, asked.path("level").asText(""));
                    case "sources" -> sources(scope);
                    case "deployed" -> deployed(scope, asked.path("version").asText());
                    default -> other(scope, asked);
                };
        long since = signals.sinceMillis(scope);
        if (since != Long.MAX_VALUE) answer.put("since", time(since));
        return Json.write(answer);
    }

    private ObjectNode deployed(SignalScope scope, String version) {
        long now = node.clock().millis();
        if (!signals.deployed(scope, version, now))
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "Signals are kept of " + Signals.APPLICATIONS_MAX + " applications already, and not of " + scope
                            + ".");
        return Json.object().put("version", version).put("at", time(now));
    }

    /** Has questions of a kind answered by somebody else. */
    void add(String kind, BiFunction<SignalScope, JsonNode, ObjectNode> answer) {
        others.put(kind, answer);
    }

    private ObjectNode other(SignalScope scope, JsonNode asked) {
        BiFunction<SignalScope, JsonNode, ObjectNode> answer =
                others.get(asked.path("ask").asText());
        if (answer == null) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "ask: unknown");
        return answer.apply(scope, asked);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** Series of one metric, put together. */
    private static final class Metric {
        String kind = "";
        int series;
        long lastMillis;
        final TreeSet<String> instances = new TreeSet<>();
        final TreeSet<String> labels = new TreeSet<>();
    }

    private ObjectNode list(SignalScope scope) {
        long now = node.clock().millis();
        AppSignals app = signals.application(scope);
        ObjectNode json = Json.object();
        app.<Void>ask(store -> {
            Map<String, Metric> metrics = new TreeMap<>();
            for (SignalStore.Kept each : store.kept()) {
                Metric metric = metrics.computeIfAbsent(each.series().metric(), none -> new Metric());
                metric.kind = each.kind().name().toLowerCase(Locale.ROOT);
                add(metric, each.series().instance(), each.series().labels().keySet(), each.lastAtMillis());
            }
            ArrayNode kept = json.putArray("kept");
            metrics.forEach((name, metric) -> show(kept.addObject(), name, metric));
            metrics.clear();
            for (SignalStore.Discovered each : store.discovered(now)) {
                Metric metric = metrics.computeIfAbsent(each.series().metric(), none -> new Metric());
                add(metric, each.series().instance(), each.series().labels().keySet(), each.atMillis());
            }
            ArrayNode discovered = json.putArray("discovered");
            metrics.forEach((name, metric) -> {
                if (discovered.size() < SHOWN_MAX) show(discovered.addObject(), name, metric);
            });
            ObjectNode fates = json.put("series", store.seriesCount()).putObject("taken");
            for (Map.Entry<Admission, Long> each : store.admissions().entrySet())
                fates.put(each.getKey().name().toLowerCase(Locale.ROOT), each.getValue());
            return null;
        });
        json.put("linesNotMined", app.linesNotMined());
        json.put("instances", node.roster().connected(scope).size());
        return json;
    }

    private static void add(Metric metric, String instance, Iterable<String> labels, long atMillis) {
        metric.series++;
        metric.lastMillis = Math.max(metric.lastMillis, atMillis);
        metric.instances.add(instance);
        labels.forEach(metric.labels::add);
    }

    private static void show(ObjectNode json, String name, Metric metric) {
        json.put("metric", name).put("series", metric.series).put("instances", metric.instances.size());
        if (!metric.kind.isEmpty()) json.put("kind", metric.kind);
        if (metric.lastMillis > 0) json.put("last", time(metric.lastMillis));
        ArrayNode labels = json.putArray("labels");
        metric.labels.forEach(labels::add);
    }

    private ObjectNode query(SignalScope scope, JsonNode asked) {
        String text = asked.path("expression").asText();
        long window = asked.path("windowMillis").asLong(0);
        int points = Math.max(0, Math.min(POINTS_MAX, asked.path("points").asInt(0)));
        Expression expression = compile(text);
        long now = node.clock().millis();
        signals.want(scope, "tile/" + text, expression.selectors(), now + TILE_MILLIS);
        boolean alone = asked.path("by").asText("").equals("instance");
        return signals.ask(scope, now, view -> {
            // People want to see what one instance says, too.
            Quality quality = new Quality(Quality.DEFAULT.coverageMin(), 1);
            SignalQuery query = new SignalQuery(view.store(), view.fleet(), quality, now);
            ObjectNode json = Json.object().put("expression", text);
            put(json, expression.evaluate(query, Facts.NONE));
            chart(json, expression, query, window, points);
            if (alone) {
                ArrayNode each = json.putArray("byInstance");
                for (String id : instances(view, expression)) {
                    if (each.size() * Math.max(1, points) >= EVALUATIONS_MAX) break;
                    SignalQuery one = query.onInstance(id);
                    ObjectNode row = each.addObject().put("instance", id);
                    put(row, expression.evaluate(one, Facts.NONE));
                    chart(row, expression, one, window, points);
                }
            }
            return json;
        });
    }

    /** Who is connected, and who is not and sends what the expression reads. */
    private static Set<String> instances(Signals.View view, Expression expression) {
        Set<String> metrics =
                expression.selectors().stream().map(Selector::metric).collect(Collectors.toSet());
        Set<String> instances = new TreeSet<>(view.fleet().cohorts().keySet());
        for (SignalStore.Kept each : view.store().kept())
            if (metrics.contains(each.series().metric()))
                instances.add(each.series().instance());
        return instances;
    }

    private static void put(ObjectNode json, Evaluation evaluation) {
        if (evaluation.isMissing()) json.put("missing", evaluation.missing());
        else json.put("value", evaluation.value());
        ArrayNode inputs = json.putArray("inputs");
        for (Evaluation.Input each : evaluation.inputs()) {
            ObjectNode input = inputs.addObject().put("question", each.question());
            if (each.reading().isMissing()) input.put("missing", each.reading().missing());
            else input.put("value", each.reading().value());
            input.put("coverage", each.reading().coverage())
                    .put("instances", each.reading().instances());
        }
    }

    private static void chart(ObjectNode json, Expression expression, SignalQuery query, long window, int points) {
        if (points == 0 || window < Steps.STEP_MILLIS) return;
        ArrayNode values = json.putArray("points");
        long between = Math.max(Steps.STEP_MILLIS, window / points);
        long newest = Steps.at(query.nowMillis()) * Steps.STEP_MILLIS;
        for (long at = newest - (points - 1) * between; at <= newest; at += between) {
            Evaluation each = expression.evaluate(query.at(at), Facts.NONE);
            ObjectNode point = values.addObject().put("at", time(at));
            if (!each.isMissing()) point.put("value", each.value());
        }
    }

    private Expression compile(String text) {
        try {
            return language().compile(text, Language.Result.NUMBER);
        } catch (ExpressionException notANumber) {
            try {
                return language().compile(text, Language.Result.CONDITION);
            } catch (ExpressionException neither) {
                throw new AttuneException(
                        ErrorCode.INVALID_ARGUMENT, "expression: " + notANumber.getMessage(), notANumber);
            }
        }
    }

    private synchronized Language language() {
        Language made = language;
        if (made == null) {
            made = new Language();
            language = made;
        }
        return made;
    }

    private ObjectNode templates(SignalScope scope, String level) {
        ObjectNode json = Json.object();
        ArrayNode all = json.putArray("templates");
        for (AppSignals.Levelled each : signals.application(scope).templates()) {
            if (!level.isEmpty() && !level.equals(each.level())) continue;
            ObjectNode one = all.addObject()
                    .put("id", each.template().id())
                    .put("level", each.level())
                    .put("lines", each.template().lines())
                    .put("first", time(each.template().firstMillis()))
                    .put("template", each.template().text());
            ArrayNode examples = one.putArray("examples");
            each.template().examples().forEach(examples::add);
        }
        return json;
    }

    private ObjectNode sources(SignalScope scope) {
        ObjectNode json = Json.object();
        ArrayNode all = json.putArray("sources");
        for (SourceSeen each : signals.application(scope).sources()) {
            ObjectNode one = all.addObject()
                    .put("instance", each.instance())
                    .put("door", each.door())
                    .put("joined", each.joined())
                    .put("last", time(each.lastMillis()))
                    .put("measurements", each.measurements())
                    .put("lines", each.lines())
                    .put("refused", each.refused());
            if (!each.why().isEmpty()) one.put("why", each.why());
            ObjectNode releases = one.putObject("releases");
            node.roster().inForce(scope, each.instance()).forEach(releases::put);
        }
        return json;
    }
}
