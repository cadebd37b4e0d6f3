package dev.attune.server.changes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.change.Change;
import dev.attune.config.change.ChangeEdit;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Names;
import dev.attune.model.config.Release;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileRequests;
import dev.attune.server.files.FileWrites;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.rollouts.RolloutBody;
import dev.attune.server.rollouts.RolloutJson;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Changes over HTTP. */
public final class ChangeRoutes implements Routes {
    private static final String CHANGES = "/api/v1/envs/{env}/changes";
    private static final String CHANGE = CHANGES + "/{change}";

    private final ChangeService changes;
    private final FileWrites writes;

    public ChangeRoutes(ChangeService changes, FileWrites writes) {
        this.changes = changes;
        this.writes = writes;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post(CHANGES, Permission.PUBLISH, "createChange", this::create)
                .body(4 << 20)
                .needs(Verb.EDIT)
                .summary("Writes a draft over several files: {\"message\": \"\", \"edits\": [{\"application\": \"a\","
                        + " \"file\": \"f.yaml\", \"base\": 3, \"text\": \"…\"}]}"));
        table.add(Route.get(CHANGES, Permission.READ, "listChanges", this::list)
                .needs(Verb.READ)
                .summary("The changes of an environment, newest first."));
        table.add(Route.get(CHANGE, Permission.READ, "getChange", this::get)
                .needs(Verb.READ)
                .summary("A change with its texts."));
        table.add(Route.put(CHANGE, Permission.PUBLISH, "editChange", this::edit)
                .body(4 << 20)
                .needs(Verb.EDIT)
                .summary("Replaces the edits of a draft."));
        table.add(Route.post(CHANGE + "/submit", Permission.PUBLISH, "submitChange", request -> allowed(
                                request, Verb.EDIT)
                        .thenCompose(seen -> told(changes.submit(environment(request), id(request), who(request)))))
                .needs(Verb.EDIT)
                .summary("Asks for approval."));
        table.add(Route.post(CHANGE + "/approve", Permission.PUBLISH, "approveChange", request -> allowed(
                                request, Verb.APPROVE)
                        .thenCompose(seen -> told(changes.approve(environment(request), id(request), who(request)))))
                .needs(Verb.APPROVE)
                .summary("Approves; the author's own approval does not count where others are asked for."));
        table.add(Route.post(CHANGE + "/reject", Permission.PUBLISH, "rejectChange", request -> allowed(
                                request, Verb.APPROVE)
                        .thenCompose(seen -> told(changes.reject(
                                environment(request), id(request), who(request), FileRequests.message(request)))))
                .query("message", "why, in your words")
                .needs(Verb.APPROVE)
                .summary("Gives the change up."));
        table.add(Route.post(CHANGE + "/reopen", Permission.PUBLISH, "reopenChange", request -> allowed(
                                request, Verb.EDIT)
                        .thenCompose(seen -> told(changes.reopen(environment(request), id(request), who(request)))))
                .needs(Verb.EDIT)
                .summary("Takes it back to be edited; approvals are lost."));
        table.add(Route.post(CHANGE + "/schedule", Permission.PUBLISH, "scheduleChange", this::schedule)
                .query("at", "when, as in 2026-12-24T18:00:00Z; plans nothing when absent")
                .needs(Verb.RELEASE)
                .summary("Releases it later, as it is now."));
        table.add(Route.post(CHANGE + "/release", Permission.PUBLISH, "releaseChange", request -> allowed(
                                request, Verb.RELEASE)
                        .thenCompose(seen -> told(changes.release(environment(request), id(request), who(request)))))
                .needs(Verb.RELEASE)
                .summary("Releases every edit in one transaction."));
        table.add(Route.post(CHANGE + "/rollout", Permission.PUBLISH, "rollOutChange", this::rollOut)
                .needs(Verb.RELEASE)
                .summary(
                        "Brings every edit to the instances by one rollout; the body is that of a rollout without files."
                                + " The change is RELEASING until the rollout ends, then RELEASED or APPROVED again."));
        table.add(Route.post(CHANGE + "/rollback", Permission.PUBLISH, "rollbackChange", request -> allowed(
                                request, Verb.ROLLBACK)
                        .thenCompose(seen -> told(changes.rollback(
                                environment(request), id(request), who(request), FileRequests.message(request)))))
                .query("message", "why, in your words")
                .needs(Verb.ROLLBACK)
                .summary("Undoes it as a whole, in one transaction, as a new change."));
    }

    private CompletableFuture<Reply> create(Request request) {
        Body body = request.json(Body.class);
        List<ChangeService.Text> texts = sealed(request, FileRequests.checked(body::texts));
        return changes.create(environment(request), who(request), message(body), texts)
                .thenApply(change -> Reply.json(201, json(change)));
    }

    private CompletableFuture<Reply> edit(Request request) {
        Body body = request.json(Body.class);
        List<ChangeService.Text> texts = sealed(request, FileRequests.checked(body::texts));
        return allowed(request, Verb.EDIT)
                .thenCompose(change ->
                        told(changes.edit(environment(request), id(request), who(request), message(body), texts)));
    }

    private List<ChangeService.Text> sealed(Request request, List<ChangeService.Text> given) {
        List<ChangeService.Text> texts = new ArrayList<>();
        for (ChangeService.Text each : given) {
            require(request, Verb.EDIT, each.edit());
            ChangeEdit edit = each.edit();
            Coordinate file = new Coordinate(environment(request), edit.application(), edit.cluster(), edit.file());
            texts.add(edit.delete() ? each : new ChangeService.Text(edit, writes.sealed(file, each.text())));
        }
        return texts;
    }

    private CompletableFuture<Reply> list(Request request) {
        return changes.list(environment(request)).thenApply(all -> {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("changes");
            for (Change each : all) if (sees(request, each)) array.add(json(each));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> get(Request request) {
        String environment = environment(request);
        return allowed(request, Verb.READ)
                .thenCompose(change -> changes.texts(environment, change).thenApply(texts -> {
                    ObjectNode json = json(change);
                    for (int i = 0; i < texts.size(); i++)
                        if (!change.edits().get(i).delete())
                            ((ObjectNode) json.withArray("edits").get(i))
                                    .put("text", texts.get(i).toUtf8());
                    return Reply.json(200, json);
                }));
    }

    private CompletableFuture<Reply> rollOut(Request request) {
        RolloutBody body = request.json(RolloutBody.class);
        if (body.files() != null) throw FileRequests.invalid("files: given (expected: none, the change has them)");
        return allowed(request, Verb.RELEASE)
                .thenCompose(change -> {
                    String message = body.message() == null ? change.message() : body.message();
                    String told = message + " (change " + change.id() + ")";
                    return changes.rollOut(environment(request), change.id(), who(request), body.toRequest(told));
                })
                .thenApply(record -> Reply.json(201, RolloutJson.record(record)));
    }

    private CompletableFuture<Reply> schedule(Request request) {
        long due = 0;
        String at = request.query("at").orElse("");
        try {
            if (!at.isEmpty()) due = Instant.parse(at).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw FileRequests.invalid("at: not a time (expected: as in 2026-12-24T18:00:00Z)");
        }
        long when = due;
        return allowed(request, Verb.RELEASE)
                .thenCompose(change -> told(changes.schedule(environment(request), id(request), who(request), when)));
    }

    private static CompletableFuture<Reply> told(CompletableFuture<Change> done) {
        return done.thenApply(change -> Reply.json(200, json(change)));
    }

    /** The change, when the caller may do this to every file of it; else it looks as if it were not there. */
    private CompletableFuture<Change> allowed(Request request, Verb verb) {
        return changes.get(environment(request), id(request)).thenApply(change -> {
            for (ChangeEdit each : change.edits()) require(request, verb, each);
            return change;
        });
    }

    private static void require(Request request, Verb verb, ChangeEdit edit) {
        request.principal().rights().require(List.of(verb), environment(request), edit.application(), edit.file());
    }

    private static boolean sees(Request request, Change change) {
        return change.edits().stream().allMatch(each -> request.principal()
                .rights()
                .allows(Verb.READ, environment(request), each.application(), each.file()));
    }

    private static ObjectNode json(Change change) {
        ObjectNode json = Json.object()
                .put("id", change.id())
                .put("state", change.state().name())
                .put("author", change.author())
                .put("message", change.message())
                .put("created", Instant.ofEpochMilli(change.createdMillis()).toString());
        ArrayNode approvers = json.putArray("approvers");
        change.approvers().forEach(approvers::add);
        if (change.dueMillis() > 0)
            json.put("due", Instant.ofEpochMilli(change.dueMillis()).toString());
        if (!change.note().isEmpty()) json.put("note", change.note());
        ArrayNode edits = json.putArray("edits");
        for (int i = 0; i < change.edits().size(); i++) {
            ChangeEdit edit = change.edits().get(i);
            ObjectNode each = edits.addObject()
                    .put("application", edit.application())
                    .put("cluster", edit.cluster())
                    .put("file", edit.file())
                    .put("delete", edit.delete())
                    .put("base", edit.base());
            if (i < change.results().size())
                each.put("release", change.results().get(i).after());
        }
        return json;
    }

    private static String environment(Request request) {
        return FileRequests.name("environment", request.path("env"));
    }

    private static String id(Request request) {
        return FileRequests.name("change", request.path("change"));
    }

    private static String who(Request request) {
        return request.principal().name();
    }

    private static String message(Body body) {
        String message = body.message == null ? "" : body.message;
        if (message.length() > Release.MESSAGE_LENGTH_MAX / 2) throw FileRequests.invalid("message: too long");
        return message;
    }

    /** The body that writes a change. */
    record Body(@Nullable String message, @Nullable List<EditBody> edits) {
        List<ChangeService.Text> texts() {
            List<ChangeService.Text> texts = new ArrayList<>();
            if (edits != null) for (EditBody each : edits) texts.add(each.toText());
            return texts;
        }
    }

    /** One edit of the body; without text the file is deleted. */
    record EditBody(
            @Nullable String application,
            @Nullable String cluster,
            @Nullable String file,
            @Nullable Long base,
            @Nullable String text) {
        ChangeService.Text toText() {
            ChangeEdit edit = new ChangeEdit(
                    application == null ? Names.require("application", "") : application,
                    cluster == null ? Coordinate.DEFAULT_CLUSTER : cluster,
                    file == null ? Names.require("file", "") : file,
                    text == null,
                    base == null ? 0 : base);
            return new ChangeService.Text(edit, text == null ? Bytes.EMPTY : Bytes.utf8(text));
        }
    }
}
