package dev.attune.server.tuning;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileRequests;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.policies.PolicyTexts;
import dev.attune.tuning.policy.PolicyReader;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Policies and their decisions over HTTP. */
final class TuneRoutes implements Routes {
    private static final String ENVIRONMENT = "/api/v1/envs/{env}/tune";
    private static final String APPLICATION = "/api/v1/envs/{env}/apps/{app}/tune";
    private static final String POLICY = APPLICATION + "/policies/{policy}";
    private static final String DECISION = POLICY + "/decisions/{decision}";
    private static final int PAGE_MAX = 1_000;
    private static final long DAY_SECONDS = 86_400;

    private final TuneView views;
    private final TuneActs acts;
    private final TuneLab lab;
    private final Timeline timeline;
    private final Clock clock;

    TuneRoutes(TuneView views, TuneActs acts, TuneLab lab, Timeline timeline, Clock clock) {
        this.views = views;
        this.acts = acts;
        this.lab = lab;
        this.timeline = timeline;
        this.clock = clock;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(
                Route.get(ENVIRONMENT, Permission.READ, "listPolicies", this::list)
                        .needs(Verb.READ)
                        .summary(
                                "The tuning policies of an environment: what each may do, its key and value, and its last decision."));
        table.add(Route.get(POLICY, Permission.READ, "getPolicy", request -> one(request, Verb.READ)
                        .thenApply(one -> Reply.json(200, TuneJson.policy(one.app(), one.standing(), clock.millis()))))
                .needs(Verb.READ)
                .summary("One policy, as in the list."));
        table.add(Route.get(POLICY + "/decisions", Permission.READ, "listDecisions", this::decisions)
                .needs(Verb.READ)
                .query("limit", "most decisions; 50 when absent")
                .query("before", "only those with smaller numbers")
                .query("all", "also those that wanted nothing")
                .summary("What a policy decided, newest first, each in a sentence."));
        table.add(
                Route.get(DECISION, Permission.READ, "explainDecision", this::explain)
                        .needs(Verb.READ)
                        .summary(
                                "One decision with all that it rests on, what became of it, and whether it replays to the bit."));
        table.add(Route.get(APPLICATION + "/timeline", Permission.READ, "keyTimeline", this::timeline)
                .needs(Verb.READ)
                .query("key", "the key")
                .query("file", "the file that holds it; application.yaml when absent")
                .query("cluster", "cluster of the file; default when absent")
                .query("limit", "most entries; 100 when absent")
                .summary("What a key was over time, by whom and why: releases by people, and decisions of policies."));
        steps(table);
    }

    private void steps(RouteTable table) {
        decisionStep(
                table,
                "approve",
                Verb.APPROVE,
                "approveDecision",
                "Agrees to a change that a policy asks for; it is made at once.");
        decisionStep(table, "reject", Verb.APPROVE, "rejectDecision", "Declines it; the value is barred for a while.");
        decisionStep(
                table,
                "revert",
                Verb.ROLLBACK,
                "revertDecision",
                "Takes a change of a policy back, and bars the value.");
        table.add(Route.post(POLICY + "/pause", Permission.PUBLISH, "pausePolicy", this::pause)
                .needs(Verb.RELEASE)
                .query("seconds", "for how long; until it is resumed when absent")
                .query("message", "why, in your words")
                .summary("Holds a policy."));
        table.add(
                Route.post(POLICY + "/resume", Permission.PUBLISH, "resumePolicy", request -> one(request, Verb.RELEASE)
                                .thenCompose(one -> acts.resume(one.standing().id(), who(request)))
                                .thenApply(done -> Reply.empty(204)))
                        .needs(Verb.RELEASE)
                        .summary("Lets a policy go on, and trusts it again when it was tripped."));
        table.add(Route.post(
                        POLICY + "/profile", Permission.PUBLISH, "profilePolicy", request -> one(request, Verb.RELEASE)
                                .thenCompose(one -> lab.profile(
                                        one.standing().id(), ProfileBody.tried(request, clock.millis()), who(request)))
                                .thenApply(profile -> Reply.json(200, TuneJson.profile(profile))))
                .needs(Verb.RELEASE)
                .body(64 << 10)
                .summary("Learns how the metric answers to the key from the values that the key has had, or from"
                        + " {\"tried\": [{\"value\": 64, \"from\": 300, \"to\": 140, \"instances\": [\"i1\"]}]}: some"
                        + " instances had the value so many seconds ago."));
        table.add(
                Route.post(APPLICATION + "/backtest", Permission.READ, "backtestPolicies", this::backtest)
                        .needs(Verb.READ)
                        .body(PolicyReader.LENGTH_MAX * 4)
                        .query("cluster", "cluster of the key's file; default when absent")
                        .query("seconds", "how far back; an hour when absent, a day at most")
                        .summary(
                                "What the policies of the body, as text, would have done with what was measured; nothing is changed."));
    }

    private void decisionStep(RouteTable table, String word, Verb verb, String operation, String summary) {
        table.add(Route.post(DECISION + "/" + word, Permission.PUBLISH, operation, request -> step(request, word, verb))
                .needs(verb)
                .query("message", "why, in your words")
                .summary(summary));
    }

    private CompletableFuture<Reply> step(Request request, String word, Verb verb) {
        long number = number(request);
        String message = message(request);
        return one(request, verb)
                .thenCompose(one -> {
                    PolicyId id = one.standing().id();
                    ObjectNode json = Json.object().put("policy", id.name()).put("decision", number);
                    return switch (word) {
                        case "approve" ->
                            acts.approve(id, number, who(request))
                                    .thenApply(done -> json.put("approvals", done.approvals())
                                            .put("needed", done.needed())
                                            .put("release", done.release())
                                            .put("rollout", done.rollout()));
                        case "reject" ->
                            acts.reject(id, number, who(request), message).thenApply(done -> json);
                        default ->
                            acts.revert(id, number, who(request), message)
                                    .thenApply(release -> json.put("release", release));
                    };
                })
                .thenApply(json -> Reply.json(200, json));
    }

    private CompletableFuture<Reply> list(Request request) {
        return views.list(environment(request)).thenApply(apps -> {
            ObjectNode json = Json.object();
            ArrayNode policies = json.putArray("policies");
            ArrayNode problems = json.putArray("problems");
            for (TuneView.App app : apps) {
                for (Standing each : app.present().standing())
                    if (sees(request, each)) policies.add(TuneJson.policy(app, each, clock.millis()));
                boolean all = request.principal()
                        .rights()
                        .allowsAll(
                                Verb.READ, app.view().environment(), app.view().application());
                if (all) app.present().problems().forEach(problems::add);
            }
            return Reply.json(200, json);
        });
    }

    private static boolean sees(Request request, Standing standing) {
        return request.principal().rights().allows(Verb.READ, standing.file())
                && request.principal().rights().allows(Verb.READ, standing.target());
    }

    /** The policy, when the caller may do this to the file of its key; else it looks as if it were not there. */
    private CompletableFuture<TuneView.One> one(Request request, Verb verb) {
        PolicyId id = FileRequests.checked(
                () -> new PolicyId(request.path("env"), request.path("app"), request.path("policy")));
        return views.one(id).thenApply(one -> {
            request.principal().rights().require(Verb.READ, one.standing().file());
            request.principal().rights().require(verb, one.standing().target());
            return one;
        });
    }

    private CompletableFuture<Reply> decisions(Request request) {
        int limit = (int) Math.min(PAGE_MAX, request.queryLong("limit", 50));
        long before = request.queryLong("before", 0);
        boolean all = request.queryFlag("all");
        return one(request, Verb.READ).thenCompose(one -> {
            PolicyId id = one.standing().id();
            return views.decisions(id, before, limit, all).thenApply(found -> {
                ObjectNode json = Json.object();
                ArrayNode array = json.putArray("decisions");
                for (TuneView.Shown each : found) array.add(TuneJson.decision(id, each));
                return Reply.json(200, json);
            });
        });
    }

    private CompletableFuture<Reply> explain(Request request) {
        long number = number(request);
        return one(request, Verb.READ).thenCompose(one -> {
            PolicyId id = one.standing().id();
            return views.decision(id, number).thenCompose(shown -> views.replays(id, shown.entry())
                    .thenApply(replays -> Reply.json(200, TuneJson.explained(id, shown, replays.orElse(null)))));
        });
    }

    private CompletableFuture<Reply> timeline(Request request) {
        String key = request.query("key").orElse("");
        if (key.isEmpty()) throw FileRequests.invalid("key: empty (expected: a key)");
        Coordinate file = FileRequests.checked(() -> new Coordinate(
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                request.query("file").orElse(dev.attune.tuning.policy.Action.USUAL_FILE)));
        request.principal().rights().require(Verb.READ, file);
        int limit = (int) Math.min(PAGE_MAX, request.queryLong("limit", 100));
        return timeline.of(file, key, limit).thenApply(json -> Reply.json(200, json));
    }

    private CompletableFuture<Reply> pause(Request request) {
        long seconds = request.queryLong("seconds", 0);
        return one(request, Verb.RELEASE)
                .thenCompose(one ->
                        acts.pause(one.standing().id(), who(request), Switches.millis(seconds), message(request)))
                .thenApply(hold -> Reply.json(200, TuneJson.hold(hold)));
    }

    private CompletableFuture<Reply> backtest(Request request) {
        long seconds = Math.min(DAY_SECONDS, request.queryLong("seconds", 3_600));
        Coordinate place = FileRequests.checked(() -> new Coordinate(
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                "backtest" + PolicyTexts.SUFFIX));
        // What was measured, and every value that a condition may ask for, is shown by what it leads to.
        request.principal().rights().requireReadable(place.environment(), place.application(), List.of());
        Function<List<TuneLab.Tried>, Reply> shown = tried -> {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("policies");
            for (TuneLab.Tried each : tried) array.add(TuneJson.tried(each));
            return Reply.json(200, json);
        };
        return lab.backtest(place, request.body().toUtf8(), seconds * 1_000).thenApply(shown);
    }

    private static String message(Request request) {
        String message = FileRequests.message(request);
        if (message.length() > Hold.WHY_MAX)
            throw FileRequests.invalid("message: " + message.length() + " characters (expected: <= 512)");
        return message;
    }

    private static String who(Request request) {
        return request.principal().name();
    }

    private static String environment(Request request) {
        return FileRequests.name("environment", request.path("env"));
    }

    private static long number(Request request) {
        try {
            long number = Long.parseLong(request.path("decision"));
            if (number >= 1) return number;
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw FileRequests.invalid("decision: not a number (expected: 1 or more)");
    }
}
