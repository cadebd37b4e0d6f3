package dev.attune.server.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.release.GrayDraft;
import dev.attune.config.release.GrayRule;
import dev.attune.model.Bytes;
import dev.attune.model.config.Audience;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gray rules over HTTP: another release for some instances, then promoted or dropped. */
public final class GrayRoutes implements Routes {
    private static final String RULES = FileRequests.FILE + "/gray";
    private static final String RULE = RULES + "/{rule}";

    private final FileService files;
    private final SecureRandom random = new SecureRandom();

    public GrayRoutes(FileService files) {
        this.files = files;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(FileRequests.onFile(Route.get(RULES, Permission.READ, "listGrayRules", this::list))
                .query("consistency", "linearizable (default) or stale")
                .query("minRevision", "oldest revision that will do")
                .needs(Verb.READ)
                .summary("The gray rules of a file in the order they are looked at."));
        table.add(
                FileRequests.withReason(Route.put(RULE, Permission.PUBLISH, "putGrayRule", this::put))
                        .needs(Verb.EDIT, Verb.RELEASE)
                        .summary(
                                "Sets a rule: {\"text\": \"…\", \"applications\": [], \"addresses\": [\"10.0.0.0/8\"],"
                                        + " \"labels\": {}, \"percent\": 10, \"position\": 0}; without text only its audience changes."));
        table.add(FileRequests.withReason(Route.delete(RULE, Permission.PUBLISH, "dropGrayRule", this::drop))
                .needs(Verb.RELEASE)
                .summary("Ends the rule; its instances get what the others get."));
        table.add(FileRequests.withReason(
                        Route.post(RULE + "/promote", Permission.PUBLISH, "promoteGrayRule", this::promote))
                .needs(Verb.RELEASE)
                .summary("Gives the rule's release to everybody and ends the rule."));
    }

    private CompletableFuture<Reply> list(Request request) {
        return files.read(FileRequests.coordinate(request), request.readLevel()).thenApply(view -> {
            ObjectNode json = Json.object().put("stable", view.pointer().stable());
            ArrayNode rules = json.putArray("rules");
            for (GrayRule rule : view.pointer().gray()) rules.add(json(rule));
            return Reply.json(200, json).revision(view.revision());
        });
    }

    private static ObjectNode json(GrayRule rule) {
        ObjectNode json = Json.object().put("name", rule.name()).put("release", rule.release());
        ArrayNode applications = json.putArray("applications");
        rule.audience().applications().forEach(applications::add);
        ArrayNode addresses = json.putArray("addresses");
        rule.audience().addresses().forEach(addresses::add);
        ObjectNode labels = json.putObject("labels");
        rule.audience().labels().forEach(labels::put);
        return json.put("percent", rule.audience().basisPoints() / 100.0);
    }

    private CompletableFuture<Reply> put(Request request) {
        Coordinate file = FileRequests.coordinate(request);
        Body body = request.json(Body.class);
        byte[] salt = new byte[8];
        random.nextBytes(salt);
        GrayDraft rule = new GrayDraft(
                FileRequests.name("rule", request.path("rule")),
                FileRequests.checked(body::audience),
                body.position == null ? -1 : Math.max(0, body.position),
                HexFormat.of().formatHex(salt));
        Edit edit = FileRequests.edit(request);
        if (body.text == null)
            return files.writes().regray(file, rule, edit).thenApply(revision -> Reply.empty(204)
                    .revision(revision));
        return files.writes().gray(file, rule, Bytes.utf8(body.text), edit).thenApply(FileRoutes::published);
    }

    private CompletableFuture<Reply> drop(Request request) {
        return files.writes()
                .drop(FileRequests.coordinate(request), request.path("rule"), FileRequests.edit(request))
                .thenApply(revision -> Reply.empty(204).revision(revision));
    }

    private CompletableFuture<Reply> promote(Request request) {
        return files.writes()
                .promote(FileRequests.coordinate(request), request.path("rule"), FileRequests.edit(request))
                .thenApply(revision -> Reply.empty(204).revision(revision));
    }

    /** The body that sets a rule. */
    record Body(
            @Nullable String text,
            @Nullable List<String> applications,
            @Nullable List<String> addresses,
            @Nullable Map<String, String> labels,
            @Nullable Double percent,
            @Nullable Integer position) {
        Audience audience() {
            double share = percent == null ? 100 : percent;
            if (!(share >= 0 && share <= 100))
                throw new IllegalArgumentException("percent: " + share + " (expected: 0..100)");
            return new Audience(
                    applications == null ? java.util.Set.of() : new LinkedHashSet<>(applications),
                    addresses == null ? List.of() : addresses,
                    labels == null ? Map.of() : labels,
                    (int) Math.round(share * 100));
        }
    }
}
