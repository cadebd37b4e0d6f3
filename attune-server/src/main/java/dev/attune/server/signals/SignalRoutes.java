package dev.attune.server.signals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileRequests;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What is measured, over HTTP. Any node answers, by asking the one that leads. */
public final class SignalRoutes implements Routes {
    private static final String SIGNALS = "/api/v1/envs/{env}/apps/{app}/signals";
    private static final long WINDOW_SECONDS_MAX = 4 * 3600;
    private static final int EXPRESSION_MAX = 2_000;
    private static final int VERSION_MAX = 256;

    private final SignalNode node;

    public SignalRoutes(SignalNode node) {
        this.node = node;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(
                Route.get(SIGNALS, Permission.READ, "listSignals", request -> ask(question(request, "list")))
                        .needs(Verb.READ)
                        .summary(
                                "The metrics of an application: those kept in steps, those only heard of, and what was dropped."));
        table.add(Route.get(SIGNALS + "/query", Permission.READ, "querySignals", this::query)
                .needs(Verb.READ)
                .query("expression", "as in policies, for instance rate(http_requests_total{}, 1m)")
                .query("seconds", "how far a chart goes back; 600 when absent")
                .query("points", "how many points the chart has; 0 when absent")
                .query("by", "instance, to have each one's value as well")
                .summary("Evaluates an expression now; its series are kept for an hour from then on."));
        table.add(Route.get(SIGNALS + "/templates", Permission.READ, "listLogTemplates", request -> {
                    ObjectNode question = question(request, "templates");
                    question.put("level", request.query("level").orElse("").toUpperCase(Locale.ROOT));
                    return ask(question);
                })
                .needs(Verb.READ)
                .query("level", "only those of this level, as in ERROR")
                .summary("The templates of an application's log lines, masked."));
        table.add(Route.get(
                        SIGNALS + "/sources",
                        Permission.READ,
                        "listSignalSources",
                        request -> ask(question(request, "sources")))
                .needs(Verb.READ)
                .summary("Who sends signals, which instance each is, and what it applied."));
        table.add(Route.post(
                        "/api/v1/envs/{env}/apps/{app}/deployments",
                        Permission.PUBLISH,
                        "noteDeployment",
                        this::deployed)
                .needs(Verb.REPORT)
                .summary(
                        "Says that a version of the application's code is being deployed: {\"version\": \"2.1\"}. Guarded "
                                + "rollouts are not judged by what is measured within ten minutes of it."));
    }

    private CompletableFuture<Reply> deployed(Request request) {
        String version = Json.tree(request.body()).path("version").asText();
        if (version.isBlank() || version.length() > VERSION_MAX)
            throw FileRequests.invalid(
                    "version: " + version.length() + " characters (expected: 1.." + VERSION_MAX + ")");
        return ask(question(request, "deployed").put("version", version));
    }

    private CompletableFuture<Reply> query(Request request) {
        String expression = request.query("expression").orElse("");
        if (expression.isBlank() || expression.length() > EXPRESSION_MAX)
            throw FileRequests.invalid(
                    "expression: " + expression.length() + " characters (expected: 1.." + EXPRESSION_MAX + ")");
        long seconds = request.queryLong("seconds", 600);
        if (seconds > WINDOW_SECONDS_MAX)
            throw FileRequests.invalid("seconds: " + seconds + " (expected: <= " + WINDOW_SECONDS_MAX + ")");
        ObjectNode question = question(request, "query");
        question.put("expression", expression)
                .put("windowMillis", seconds * 1000)
                .put("points", request.queryLong("points", 0))
                .put("by", request.query("by").orElse(""));
        return ask(question);
    }

    private static ObjectNode question(Request request, String ask) {
        return Json.object()
                .put("ask", ask)
                .put("environment", FileRequests.name("environment", request.path("env")))
                .put("application", FileRequests.name("application", request.path("app")));
    }

    private CompletableFuture<Reply> ask(ObjectNode question) {
        return node.ask(Json.write(question)).thenApply(answer -> Reply.bytes(200, "application/json", answer));
    }
}
