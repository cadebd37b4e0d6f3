package dev.attune.e2e.guarded;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/** Releases under guards, one after another for each fleet, and what becomes of them. Safe for all threads. */
public final class Trials {
    /** By latency, failures and new errors of the requests that the fleets are asked. */
    public static final String GUARDS =
            """
            guards:
              - {name: p95, expr: 'quantile(0.95, http_server_requests_seconds{uri="/delivery"}, 10s)', margin: 10%, critical: true}
              - {name: errors, counts: ['http_server_requests_seconds{uri="/delivery", outcome="SERVER_ERROR"}', 'http_server_requests_seconds{uri="/delivery"}'], margin: 50%, critical: true}
              - {name: new-errors, newErrorTemplate: true}
            """;

    private static final long LOOK_MILLIS = 500;
    private static final long RETRY_MILLIS = 10_000;
    private static final long START_MILLIS_MAX = 1_800_000;
    private static final long END_MILLIS_MAX = 1_200_000;
    private static final long BACK_MILLIS_MAX = 60_000;

    private final CentreCalls centre;
    private final DeliveryLoadProcess load;
    private final Stage stage;
    private final String guards;
    private final AtomicInteger texts = new AtomicInteger();

    public Trials(CentreCalls centre, DeliveryLoadProcess load, Stage stage, String guards) {
        this.centre = centre;
        this.load = load;
        this.stage = stage;
        this.guards = guards;
    }

    /** Releases a fault to a fleet as soon as the centre lets it, and waits for what becomes of it. */
    public Trial run(OrdersFleet fleet, Fault fault) throws IOException, InterruptedException {
        long number = start(fleet, fault);
        DeliveryLoadProcess.Counts before = load.counts(fleet.application());
        JsonNode seen = end(fleet, number);
        long created = millis(seen, "created");
        boolean paused = !seen.path("ended").asBoolean();
        if (paused) {
            centre.abort(number);
            seen = end(fleet, number);
        }
        String phase = seen.path("phase").asText();
        JsonNode file = seen.path("files").path(0);
        long stays = file.path(phase.equals("COMMITTED") ? "after" : "before").asLong();
        long back = awaitEverywhere(fleet, stays);
        DeliveryLoadProcess.Counts during = load.counts(fleet.application()).since(before);
        if (fault != Fault.NONE && phase.equals("COMMITTED"))
            centre.put(fleet.application(), Fault.NONE.text(texts.incrementAndGet()));
        JsonNode judged = seen.path("judged");
        JsonNode last = judged.path(judged.size() - 1);
        boolean decided = !last.path("judgement").asText("UNDECIDED").equals("UNDECIDED");
        return new Trial(
                fault,
                fleet.application(),
                number,
                paused ? "PAUSED" : phase,
                phase.equals("ROLLED_BACK") ? guard(last.path("reason").asText()) : "",
                seen.path("reason").asText(),
                decided ? (millis(last, "at") - created) / 1e3 : Double.NaN,
                (back - created) / 1e3,
                during.answered(),
                during.failed());
    }

    private long start(OrdersFleet fleet, Fault fault) throws IOException, InterruptedException {
        String text = fault.text(texts.incrementAndGet());
        long until = System.currentTimeMillis() + START_MILLIS_MAX;
        while (System.currentTimeMillis() < until) {
            fleet.requireAlive();
            load.requireAlive();
            Optional<Long> started = centre.start(fleet.application(), text, stage, guards);
            if (started.isPresent()) return started.get();
            Thread.sleep(RETRY_MILLIS);
        }
        throw new IOException("no rollout over " + fleet.application() + " could start");
    }

    /** How it ended, or stands when a person is asked. */
    private JsonNode end(OrdersFleet fleet, long number) throws IOException, InterruptedException {
        long until = System.currentTimeMillis() + END_MILLIS_MAX;
        while (true) {
            JsonNode seen = centre.rollout(number);
            boolean late = System.currentTimeMillis() > until;
            if (seen.path("ended").asBoolean() || seen.path("paused").asBoolean() || late) return seen;
            fleet.requireAlive();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static long awaitEverywhere(OrdersFleet fleet, long release) throws IOException, InterruptedException {
        long until = System.currentTimeMillis() + BACK_MILLIS_MAX;
        while (true) {
            OptionalLong since = fleet.allSince(release);
            if (since.isPresent()) return since.getAsLong();
            if (System.currentTimeMillis() > until)
                throw new IOException("not every instance of " + fleet.application() + " has release " + release);
            Thread.sleep(LOOK_MILLIS / 5);
        }
    }

    private static String guard(String reason) {
        if (reason.startsWith("new error")) return "new-errors";
        int colon = reason.indexOf(':');
        return colon < 0 ? reason : reason.substring(0, colon);
    }

    private static long millis(JsonNode json, String field) {
        return Instant.parse(json.path(field).asText()).toEpochMilli();
    }
}
