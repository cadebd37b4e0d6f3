package dev.attune.server.tuning;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.server.http.Json;
import dev.attune.tuning.backtest.Backtest;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.Recorded;
import dev.attune.tuning.expression.Evaluation;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies and decisions as the API shows them. */
final class TuneJson {
    private TuneJson() {}

    static ObjectNode policy(TuneView.App app, Standing standing, long nowMillis) {
        ObjectNode json = Json.object()
                .put("environment", standing.id().environment())
                .put("application", standing.id().application())
                .put("policy", standing.id().name())
                .put("version", standing.version())
                .put("owner", standing.policy().metadata().owner())
                .put("mode", word(standing.policy().mode()))
                .put("method", method(standing))
                .put("policyFile", standing.file().file())
                .put("cluster", standing.file().cluster())
                .put("file", standing.policy().action().file())
                .put("key", standing.key())
                .put("strategy", word(standing.policy().action().strategy()))
                .put("tickSeconds", standing.policy().rhythm().tickMillis() / 1_000)
                .put("windowSeconds", standing.policy().warmUpMillis() / 1_000);
        standing.policy().action().range().ifPresent(range -> json.putObject("range")
                .put("min", range.min())
                .put("max", range.max())
                .put("step", range.step())
                .put("scale", word(range.scale())));
        json.put("off", app.survey().killed(standing.id(), nowMillis));
        json.put("pinned", app.survey().pinned(standing.id(), standing.key(), nowMillis));
        json.put("problem", problem(app, standing));
        app.survey().state(standing.id()).ifPresent(state -> state(json, state));
        return json;
    }

    /** Why the policy decides nothing; empty when it does. */
    private static String problem(TuneView.App app, Standing standing) {
        if (app.view().present(standing.target()).isEmpty()) return "there is no file " + standing.target();
        if (standing.climbs()) return "";
        try {
            standing.decider(app.survey().profile(standing.id()).orElse(null));
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String method(Standing standing) {
        String name = standing.policy().method().getClass().getSimpleName();
        return name.replace("By", "").toLowerCase(Locale.ROOT);
    }

    private static void state(ObjectNode json, PolicyState state) {
        json.put("decisions", state.number());
        json.put("value", state.expected());
        json.put("lastGood", state.lastGood());
        json.put("tripped", state.tripped());
        DecisionEntry.Said last = state.last();
        if (last != null) {
            ObjectNode shown =
                    json.putObject("last").put("decision", state.number()).put("time", time(state.atMillis()));
            said(shown, last);
        }
        PolicyState.Asked asked = state.asked();
        if (asked != null) {
            ObjectNode open = json.putObject("waiting")
                    .put("decision", asked.decision())
                    .put("from", asked.from())
                    .put("to", asked.to())
                    .put("until", time(asked.untilMillis()));
            ArrayNode approvers = open.putArray("approvers");
            asked.approvers().forEach(approvers::add);
        }
        PolicyState.Moving moving = state.moving();
        if (moving != null)
            json.putObject("rollout")
                    .put("rollout", moving.rollout())
                    .put("decision", moving.decision())
                    .put("from", moving.from())
                    .put("to", moving.to())
                    .put("trial", moving.trial() != null);
        PolicyState.Verifying verifying = state.verifying();
        if (verifying != null)
            json.putObject("verifying")
                    .put("since", time(verifying.sinceMillis()))
                    .put("before", verifying.before());
    }

    private static void said(ObjectNode json, DecisionEntry.Said said) {
        json.put("outcome", said.outcome())
                .put("code", said.code())
                .put("key", said.key())
                .put("from", said.from())
                .put("to", said.to())
                .put("sentence", said.sentence());
    }

    static ObjectNode decision(PolicyId id, TuneView.Shown shown) {
        DecisionEntry entry = shown.entry();
        ObjectNode json = Json.object()
                .put("policy", id.name())
                .put("decision", entry.number())
                .put("time", time(entry.atMillis()));
        said(json, entry.said());
        if (entry.made().release() > 0) json.put("release", entry.made().release());
        if (entry.made().rollout() > 0) json.put("rollout", entry.made().rollout());
        ArrayNode outcomes = json.putArray("then");
        for (OutcomeEntry each : shown.outcomes()) {
            ObjectNode one = outcomes.addObject()
                    .put("what", each.what().name())
                    .put("time", time(each.atMillis()))
                    .put("by", each.by())
                    .put("sentence", each.sentence());
            if (each.release() > 0) one.put("release", each.release());
        }
        return json;
    }

    /** Everything that a decision rests on. */
    static ObjectNode explained(PolicyId id, TuneView.Shown shown, @Nullable Boolean replays) {
        ObjectNode json = decision(id, shown);
        DecisionEntry entry = shown.entry();
        json.put("term", entry.term());
        if (replays == null) json.putNull("replays");
        else json.put("replays", replays);
        json.put("record", entry.record());
        if (climbs(entry)) climbed(json, ClimbDecision.read(entry.recordBytes()));
        else ruled(json, Recorded.read(entry.recordBytes()));
        return json;
    }

    private static boolean climbs(DecisionEntry entry) {
        return ClimbDecision.isOne(entry.recordBytes());
    }

    private static void climbed(ObjectNode json, ClimbDecision recorded) {
        json.put("version", recorded.version());
        json.put("mode", word(recorded.tick().mode()));
        json.put("reason", recorded.reason());
        json.put("wanted", recorded.candidate().text());
        json.put("acknowledged", recorded.tick().acknowledged());
        json.put("tripped", recorded.after().tripped());
        ObjectNode evidence = json.putObject("evidence");
        ClimbTick.Measured measured = recorded.tick().measured();
        number(evidence, "reward", measured.reward());
        number(evidence, "difference", measured.difference());
        number(evidence, "standardError", measured.standardError());
        evidence.put("windows", measured.windows());
        number(evidence, "load", measured.load());
        number(evidence, "candidateLoad", measured.candidateLoad());
        evidence.put("trying", recorded.tick().trial().trying());
        evidence.put("instances", recorded.tick().trial().instances());
        number(evidence, "regretToday", recorded.after().search().regret());
        json.put("missing", measured.missing());
    }

    private static void ruled(ObjectNode json, Recorded recorded) {
        json.put("version", recorded.version());
        json.put("mode", word(recorded.tick().mode()));
        json.put("reason", recorded.proposal().reason());
        json.put("wanted", recorded.proposal().to().text());
        json.put("clamped", recorded.guards().clamped());
        json.put("detail", recorded.guards().detail());
        json.put("acknowledged", recorded.tick().acknowledged());
        json.put("lastGood", recorded.tick().lastGood().text());
        json.put("tripped", recorded.after().tripped());
        ArrayNode passed = json.putArray("passed");
        recorded.guards().passed().forEach(passed::add);
        ObjectNode evidence = json.putObject("evidence");
        recorded.proposal().evidence().forEach((name, value) -> number(evidence, name, value));
        ArrayNode signals = json.putArray("signals");
        recorded.tick().signals().forEach((name, value) -> signal(signals.addObject(), name, value));
    }

    private static void signal(ObjectNode json, String name, Evaluation evaluation) {
        json.put("name", name);
        number(json, "value", evaluation.value());
        json.put("missing", evaluation.missing());
        ArrayNode inputs = json.putArray("inputs");
        for (Evaluation.Input each : evaluation.inputs()) {
            ObjectNode input = inputs.addObject().put("question", each.question());
            number(input, "value", each.reading().value());
            number(input, "coverage", each.reading().coverage());
            input.put("instances", each.reading().instances());
            input.put("missing", each.reading().missing());
        }
    }

    private static void number(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) json.put(name, value);
        else json.putNull(name);
    }

    static ObjectNode hold(Hold hold) {
        ObjectNode json = Json.object()
                .put("by", hold.by())
                .put("since", time(hold.sinceMillis()))
                .put("why", hold.why());
        if (hold.untilMillis() > 0) json.put("until", time(hold.untilMillis()));
        return json;
    }

    static ObjectNode holds(String name, Map<String, Hold> holds) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray(name);
        holds.forEach((at, hold) -> {
            ObjectNode one = hold(hold);
            one.put("at", at);
            array.add(one);
        });
        return json;
    }

    static ObjectNode profile(Profile profile) {
        return Json.object()
                .put("gain", profile.model().gain())
                .put("error", profile.model().error())
                .put("noise", profile.model().noise())
                .put("delayTicks", profile.model().delayTicks())
                .put("settings", profile.settings())
                .put("r2", profile.r2())
                .put("spearman", profile.spearman())
                .put("by", profile.by())
                .put("time", time(profile.atMillis()));
    }

    static ObjectNode tried(TuneLab.Tried tried) {
        Backtest.Report report = tried.report();
        ObjectNode json = Json.object()
                .put("policy", tried.policy())
                .put("ticks", report.ticks())
                .put("changes", report.changes());
        number(json, "low", report.low());
        number(json, "high", report.high());
        ObjectNode codes = json.putObject("refusedOrNothing");
        report.codes().forEach(codes::put);
        ArrayNode told = json.putArray("first");
        for (Backtest.Change each : report.told())
            told.addObject()
                    .put("time", time(each.atMillis()))
                    .put("from", each.from().text())
                    .put("to", each.to().text())
                    .put("reason", each.reason());
        return json;
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
