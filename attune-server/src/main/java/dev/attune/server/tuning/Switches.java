package dev.attune.server.tuning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.Edit;
import dev.attune.server.files.FileRequests;
import dev.attune.server.files.FileWrites;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.tuning.policy.Action;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Kill switches and pins over HTTP: what keeps automation off. Every node takes them. */
final class Switches implements Routes {
    private static final String CLUSTER = "/api/v1/tune/kill-switch";
    private static final String ENVIRONMENT = "/api/v1/envs/{env}/tune/kill-switch";
    private static final String APPLICATION = "/api/v1/envs/{env}/apps/{app}/tune/kill-switch";
    private static final String PINS = "/api/v1/envs/{env}/apps/{app}/tune/pins";
    private static final String PIN = PINS + "/{key*}";
    private static final long SECONDS_MAX = 366L * 86_400;

    private final TuneActs acts;
    private final FileWrites writes;

    Switches(TuneActs acts, FileWrites writes) {
        this.acts = acts;
        this.writes = writes;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get(CLUSTER, Permission.READ, "listKillSwitches", request -> acts.killSwitches()
                        .thenApply(set -> Reply.json(200, TuneJson.holds("off", set))))
                .summary("Where automation is switched off: cluster, environments, applications."));
        off(table, CLUSTER, "switchTuningOff", "Switches automation off in the whole cluster.");
        table.add(Route.delete(CLUSTER, Permission.ADMIN, "switchTuningOn", this::on)
                .summary("Switches automation on again in the whole cluster."));
        off(table, ENVIRONMENT, "switchEnvironmentTuningOff", "Switches automation off in an environment.");
        table.add(Route.delete(ENVIRONMENT, Permission.ADMIN, "switchEnvironmentTuningOn", this::on)
                .needs(Verb.ADMIN)
                .summary("Switches automation on again in an environment."));
        off(table, APPLICATION, "switchApplicationTuningOff", "Switches automation of an application off.");
        table.add(Route.delete(APPLICATION, Permission.PUBLISH, "switchApplicationTuningOn", this::on)
                .needs(Verb.RELEASE)
                .summary("Switches automation of an application on again."));
        table.add(Route.get(PINS, Permission.READ, "listPins", this::pins)
                .needs(Verb.READ)
                .summary("The keys of an application that people keep from automation."));
        table.add(Route.put(PIN, Permission.PUBLISH, "pinKey", this::pin)
                .needs(Verb.RELEASE)
                .query("seconds", "for how long; until it is unpinned when absent")
                .query("value", "what to set it to first")
                .query("file", "the file that holds it; application.yaml when absent")
                .query("cluster", "cluster of the file; default when absent")
                .query("message", "why, in your words")
                .summary("Keeps a key from automation, and sets it first when a value is given."));
        table.add(Route.delete(PIN, Permission.PUBLISH, "unpinKey", this::unpin)
                .needs(Verb.RELEASE)
                .summary("Gives a key back to automation."));
    }

    private void off(RouteTable table, String path, String operation, String summary) {
        Permission permission = path.equals(APPLICATION) ? Permission.PUBLISH : Permission.ADMIN;
        Route route = Route.put(path, permission, operation, this::off)
                .query("seconds", "for how long; until it is switched on when absent")
                .query("message", "why, in your words")
                .summary(summary);
        if (path.equals(ENVIRONMENT)) route = route.needs(Verb.ADMIN);
        if (path.equals(APPLICATION)) route = route.needs(Verb.RELEASE);
        table.add(route);
    }

    private CompletableFuture<Reply> off(Request request) {
        Hold hold = acts.hold(who(request), millis(request.queryLong("seconds", 0)), why(request));
        return acts.killSwitch(place(request, "env"), allOf(request), who(request), hold)
                .thenApply(done -> Reply.json(200, TuneJson.hold(hold)));
    }

    private CompletableFuture<Reply> on(Request request) {
        return acts.killSwitch(place(request, "env"), allOf(request), who(request), null)
                .thenApply(done -> Reply.empty(204));
    }

    /** The application of the path, all of whose files the caller must be allowed to release; empty for none. */
    private static String allOf(Request request) {
        String application = place(request, "app");
        boolean all = application.isEmpty()
                || request.principal().rights().allowsAll(Verb.RELEASE, place(request, "env"), application);
        if (!all)
            throw new AttuneException(
                    ErrorCode.PERMISSION_DENIED, "This token may not release every file of the application.");
        return application;
    }

    private static String place(Request request, String parameter) {
        if (!request.route().pathParameterNames().contains(parameter)) return "";
        return FileRequests.name(parameter, request.path(parameter));
    }

    private CompletableFuture<Reply> pins(Request request) {
        String environment = place(request, "env");
        String application = place(request, "app");
        request.principal().rights().requireReadable(environment, application, java.util.List.of());
        return acts.pins(environment, application).thenApply(set -> Reply.json(200, TuneJson.holds("pins", set)));
    }

    private CompletableFuture<Reply> pin(Request request) {
        Coordinate file = file(request);
        request.principal().rights().require(Verb.RELEASE, file);
        String key = key(request);
        String why = why(request);
        long millis = millis(request.queryLong("seconds", 0));
        Optional<String> value = request.query("value");
        // The pin first, so that no policy moves the key in between.
        CompletableFuture<Hold> pinned =
                acts.pin(file.environment(), file.application(), key, who(request), millis, why);
        if (value.isEmpty()) return pinned.thenApply(hold -> Reply.json(200, TuneJson.hold(hold)));
        request.principal().rights().require(Verb.EDIT, file);
        return pinned.thenCompose(hold -> writes.edit(file, key, value.get(), Edit.by(who(request), why))
                .thenApply(published -> {
                    ObjectNode json = TuneJson.hold(hold);
                    json.put("release", published.release().number());
                    return Reply.json(200, json);
                }));
    }

    private CompletableFuture<Reply> unpin(Request request) {
        allOf(request);
        return acts.unpin(place(request, "env"), place(request, "app"), key(request), who(request))
                .thenApply(done -> Reply.empty(204));
    }

    private static Coordinate file(Request request) {
        return FileRequests.checked(() -> new Coordinate(
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                request.query("file").orElse(Action.USUAL_FILE)));
    }

    private static String key(Request request) {
        String key = request.path("key");
        if (key.isEmpty() || key.length() > 512)
            throw FileRequests.invalid("key: " + key.length() + " characters (expected: 1..512)");
        return key;
    }

    private static String why(Request request) {
        String why = FileRequests.message(request);
        if (why.length() > Hold.WHY_MAX)
            throw FileRequests.invalid("message: " + why.length() + " characters (expected: <= 512)");
        return why;
    }

    static long millis(long seconds) {
        if (seconds > SECONDS_MAX)
            throw FileRequests.invalid("seconds: " + seconds + " (expected: <= " + SECONDS_MAX + ")");
        return seconds * 1_000;
    }

    private static String who(Request request) {
        return request.principal().name();
    }
}
