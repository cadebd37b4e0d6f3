package dev.attune.server.rollouts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileBatch;
import dev.attune.server.files.FileRequests;
import dev.attune.server.files.FileWrites;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Rollouts over HTTP. */
public final class RolloutRoutes implements Routes {
    private static final String ALL = "/api/v1/envs/{env}/rollouts";
    private static final String ONE = ALL + "/{rollout}";
    private static final int PAGE_MAX = 10_000;
    private static final long WAIT_SECONDS_MAX = 30;

    private final RolloutService rollouts;
    private final FileWrites writes;

    RolloutRoutes(RolloutService rollouts, FileWrites writes) {
        this.rollouts = rollouts;
        this.writes = writes;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post(ALL, Permission.PUBLISH, "startRollout", this::start)
                .body(4 << 20)
                .needs(Verb.EDIT, Verb.RELEASE)
                .query("wait", "answer when it has ended, at the latest after so many seconds, at most 30")
                .summary(
                        "Writes releases and brings them to the instances: {\"strategy\": \"atomic\", \"quorumPercent\":"
                                + " 100, \"files\": [{\"application\": \"a\", \"file\": \"f.yaml\", \"text\": \"…\"}], \"seconds\":"
                                + " {\"prepare\": 30, \"stage\": 30, \"apply\": 30, \"undo\": 30, \"lost\": 20}, \"taken\":"
                                + " \"refuse\"}; strategy progressive has \"stages\": [{\"count\": 1, \"seconds\": 10},"
                                + " {\"percent\": 30}], and \"guards\", a text by which they are judged; strategy policy, and"
                                + " none, go by the rollout policy that names a key which is changed; a file may have instead"
                                + " of text \"set\": {\"key\": \"value\"}, the release to return to, or \"delete\": true; taken queue waits for another"
                                + " rollout of a file, override aborts it."));
        table.add(Route.get(ALL, Permission.READ, "listRollouts", this::list)
                .needs(Verb.READ)
                .query("limit", "most rollouts; 100 when absent")
                .summary("The rollouts of an environment, newest first."));
        table.add(Route.get(ONE, Permission.READ, "getRollout", this::get)
                .needs(Verb.READ)
                .query("wait", "answer when it has ended, at the latest after so many seconds, at most 30")
                .query("after", "with wait: answer also when it has come to a later step than this")
                .summary("Where a rollout stands, and how many instances are in which state."));
        table.add(Route.get(ONE + "/instances", Permission.READ, "listRolloutInstances", this::instances)
                .needs(Verb.READ)
                .query("state", "only those in this state, as in REJECTED")
                .query("limit", "most instances; 1000 when absent")
                .summary("What each targeted instance did, and which connected ones are not asked."));
        command(table, Command.Kind.PAUSE, "pauseRollout", "Goes no further; still goes back by itself.");
        command(table, Command.Kind.RESUME, "resumeRollout", "Goes on.");
        command(table, Command.Kind.PROMOTE, "promoteRollout", "Begins the next stage at once.");
        command(table, Command.Kind.ABORT, "abortRollout", "Ends it with the former releases.");
    }

    private void command(RouteTable table, Command.Kind kind, String operation, String summary) {
        String path = ONE + "/" + kind.name().toLowerCase(Locale.ROOT);
        table.add(Route.post(path, Permission.PUBLISH, operation, request -> allowed(request, Verb.RELEASE)
                        .thenCompose(seen -> rollouts.command(
                                environment(request),
                                number(request),
                                new Command(kind, request.principal().name(), FileRequests.message(request))))
                        .thenApply(record -> Reply.json(200, RolloutJson.record(record))))
                .query("message", "why, in your words")
                .needs(Verb.RELEASE)
                .summary(summary));
    }

    private CompletableFuture<Reply> start(Request request) {
        RolloutBody body = request.json(RolloutBody.class);
        String environment = environment(request);
        String message = body.message() == null ? "" : body.message();
        if (message.length() > Release.MESSAGE_LENGTH_MAX / 2) throw FileRequests.invalid("message: too long");
        List<RolloutBody.FileBody> files = body.files() == null ? List.of() : body.files();
        if (files.isEmpty() || files.size() > RolloutPlan.FILES_MAX)
            throw FileRequests.invalid("files: " + files.size() + " (expected: 1.." + RolloutPlan.FILES_MAX + ")");
        for (RolloutBody.FileBody each : files) {
            Coordinate file = each.coordinate(environment);
            each.bytes();
            List<Verb> verbs = each.release() == null ? List.of(Verb.EDIT, Verb.RELEASE) : List.of(Verb.ROLLBACK);
            request.principal().rights().require(verbs, environment, file.application(), file.file());
        }
        RolloutRequest wanted = body.toRequest(message);
        String who = request.principal().name();
        return items(environment, files, 0, new ArrayList<>())
                .thenCompose(items -> rollouts.start(environment, wanted, RolloutRequest.Source.of(items), who))
                .thenCompose(record -> started(record, waitMillis(request)));
    }

    private CompletableFuture<Reply> started(RolloutRecord record, long waitMillis) {
        if (waitMillis == 0) return CompletableFuture.completedFuture(Reply.json(201, RolloutJson.record(record)));
        return rollouts.await(record.environment(), record.number(), Long.MAX_VALUE, waitMillis)
                .thenApply(seen -> Reply.json(201, RolloutJson.seen(seen)));
    }

    private CompletableFuture<List<FileBatch.Item>> items(
            String environment, List<RolloutBody.FileBody> files, int index, List<FileBatch.Item> so) {
        if (index == files.size()) return CompletableFuture.completedFuture(so);
        RolloutBody.FileBody body = files.get(index);
        Coordinate file = body.coordinate(environment);
        Long named = body.base();
        CompletableFuture<Long> base =
                named == null ? rollouts.current(file) : CompletableFuture.completedFuture(named);
        return base.thenCompose(current -> item(file, body, current)).thenCompose(item -> {
            so.add(item);
            return items(environment, files, index + 1, so);
        });
    }

    private CompletableFuture<FileBatch.Item> item(Coordinate file, RolloutBody.FileBody body, long base) {
        Map<String, String> set = body.set();
        if (set != null && body.sets())
            return writes.withKeys(file, set).thenApply(text -> new FileBatch.Item.Put(file, text, base));
        Long release = body.release();
        if (release != null) return CompletableFuture.completedFuture(new FileBatch.Item.Return(file, base, release));
        return CompletableFuture.completedFuture(
                body.deletes()
                        ? new FileBatch.Item.Delete(file, base)
                        : new FileBatch.Item.Put(file, writes.sealed(file, body.bytes()), base));
    }

    private CompletableFuture<Reply> list(Request request) {
        long limit = request.queryLong("limit", 100);
        return rollouts.list(environment(request)).thenApply(all -> {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("rollouts");
            for (RolloutRecord each : all)
                if (array.size() < limit && sees(request, each)) array.add(RolloutJson.record(each));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> get(Request request) {
        long wait = waitMillis(request);
        long after = request.queryLong("after", Long.MAX_VALUE);
        CompletableFuture<RolloutService.Seen> seen = allowed(request, Verb.READ);
        // Whether the caller may see it is known before it is waited for.
        if (wait > 0)
            seen = seen.thenCompose(now -> rollouts.await(environment(request), number(request), after, wait));
        return seen.thenCompose(now -> rollouts.evidence(now.record()).thenApply(evidence -> {
            ObjectNode json = RolloutJson.seen(now);
            if (!evidence.isEmpty()) json.putArray("judged").addAll(evidence);
            return Reply.json(200, json);
        }));
    }

    private static long waitMillis(Request request) {
        return Math.min(WAIT_SECONDS_MAX, request.queryLong("wait", 0)) * 1000;
    }

    private CompletableFuture<Reply> instances(Request request) {
        Optional<InstanceState> only = request.query("state")
                .map(word -> FileRequests.checked(() -> InstanceState.valueOf(word.toUpperCase(Locale.ROOT))));
        long limit = Math.min(PAGE_MAX, request.queryLong("limit", 1000));
        return allowed(request, Verb.READ)
                .thenCompose(seen -> rollouts.silent(seen.record()).thenApply(silent -> {
                    ObjectNode json = Json.object().put("count", seen.targets().size());
                    ArrayNode array = json.putArray("instances");
                    seen.targets().forEach((instance, target) -> {
                        boolean wanted = only.isEmpty()
                                || only.get() == target.progress().state();
                        if (wanted && array.size() < limit) array.add(RolloutJson.target(instance, target.progress()));
                    });
                    ArrayNode others = json.putArray("notAsked");
                    for (InstanceRef each : silent)
                        if (others.size() < limit)
                            others.addObject()
                                    .put("application", each.application())
                                    .put("id", each.id());
                    return Reply.json(200, json);
                }));
    }

    /** The rollout, when the caller may do this to every file of it; else it looks as if it were not there. */
    private CompletableFuture<RolloutService.Seen> allowed(Request request, Verb verb) {
        return rollouts.get(environment(request), number(request)).thenApply(seen -> {
            for (FileMove each : seen.record().plan().files())
                request.principal().rights().require(verb, each.file());
            return seen;
        });
    }

    private static boolean sees(Request request, RolloutRecord record) {
        return record.plan().files().stream()
                .allMatch(each -> request.principal().rights().allows(Verb.READ, each.file()));
    }

    private static String environment(Request request) {
        return FileRequests.name("environment", request.path("env"));
    }

    private static long number(Request request) {
        try {
            long number = Long.parseLong(request.path("rollout"));
            if (number >= 1) return number;
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw FileRequests.invalid("rollout: not a number (expected: 1 or more)");
    }
}
