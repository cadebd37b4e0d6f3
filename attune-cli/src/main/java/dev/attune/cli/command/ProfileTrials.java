package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.cli.output.Json;
import dev.attune.cli.output.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tries values of a policy's key on a few instances, one after the other and in random order (tuning §3.3). Each is a
 * rollout of one stage that is aborted when enough was measured; when this program is killed the rollout goes back by
 * itself once its deadline is over.
 */
final class ProfileTrials {
    private static final long STEP_SECONDS = 10;
    private static final long GRACE_SECONDS = 120;
    /** Less than an answer may take by default. */
    private static final long LOOK_SECONDS = 5;

    private static final long UNDO_SECONDS = 60;
    private static final int LEVELS_MAX = 32;

    private final Context context;
    private final ApiClient client;
    private final JsonNode policy;
    private final TrialOptions options;
    private final long settleSeconds;
    private final long measureSeconds;
    private volatile String running = "";

    ProfileTrials(Context context, JsonNode policy, TrialOptions options) {
        this.context = context;
        this.client = context.client();
        this.policy = policy;
        this.options = options;
        long tick = policy.path("tickSeconds").asLong();
        if (options.windows < 3 || options.levels < 4 || options.levels > LEVELS_MAX)
            throw new IllegalArgumentException("--windows, --levels: " + options.windows + ", " + options.levels
                    + " (expected: >= 3, 4.." + LEVELS_MAX + ")");
        settleSeconds = Math.max(tick, policy.path("windowSeconds").asLong()) + 2 * STEP_SECONDS;
        measureSeconds = options.windows * tick;
    }

    /** Tries all; the body that says what was tried. */
    ObjectNode run() throws InterruptedException {
        List<Double> values = options.values.isEmpty() ? levels(policy.path("range"), options.levels) : options.values;
        long seed = options.seed == null ? ThreadLocalRandom.current().nextLong(1 << 30) : options.seed;
        List<Double> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, new Random(seed));
        context.terminal()
                .say(String.format(
                        Locale.ROOT,
                        "%d values of %s on %d instances, about %d min; seed %d",
                        shuffled.size(),
                        policy.path("key").asText(),
                        options.cohort,
                        (shuffled.size() * (settleSeconds + measureSeconds) + 59) / 60,
                        seed));
        List<Tried> tried = new ArrayList<>();
        Thread undo = new Thread(this::abortQuietly, "attune-profile-undo");
        Runtime.getRuntime().addShutdownHook(undo);
        try {
            for (double each : shuffled) tried.add(one(each, tried.size() + 1, shuffled.size()));
        } finally {
            abortQuietly();
            Runtime.getRuntime().removeShutdownHook(undo);
        }
        return body(tried, System.nanoTime());
    }

    private record Tried(double value, long fromNanos, long toNanos, List<String> instances) {}

    private static ObjectNode body(List<Tried> tried, long nowNanos) {
        ObjectNode body = Json.object();
        ArrayNode all = body.putArray("tried");
        for (Tried each : tried) {
            ObjectNode one = all.addObject()
                    .put("value", each.value)
                    .put("from", (nowNanos - each.fromNanos) / 1e9)
                    .put("to", (nowNanos - each.toNanos) / 1e9);
            ArrayNode instances = one.putArray("instances");
            each.instances.forEach(instances::add);
        }
        return body;
    }

    /** Values across a range, evenly in its scale, in whole steps. */
    static List<Double> levels(JsonNode range, int count) {
        if (range.isMissingNode())
            throw new IllegalArgumentException("--value: none (expected: values to try, as the policy has no range)");
        double min = range.path("min").asDouble();
        double max = range.path("max").asDouble();
        double step = range.path("step").asDouble();
        boolean log = range.path("scale").asText().equals("log");
        TreeSet<Double> levels = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            double share = (double) i / (count - 1);
            double exact = log ? min * Math.pow(max / min, share) : min + share * (max - min);
            levels.add(Math.min(max, min + Math.rint((exact - min) / step) * step));
        }
        return List.copyOf(levels);
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private Tried one(double value, int number, int of) throws InterruptedException {
        String environment = policy.path("environment").asText();
        JsonNode started =
                client.call(ApiRequest.json("POST", RolloutCommands.path(environment, ""), rollout(text(value))));
        String path =
                RolloutCommands.path(environment, "/" + started.path("number").asLong());
        running = path;
        List<String> instances = applied(path);
        long from = System.nanoTime();
        long seconds = settleSeconds + measureSeconds;
        String what = String.format(
                Locale.ROOT,
                "value %d of %d: %s = %s on %s, seconds",
                number,
                of,
                policy.path("key").asText(),
                text(value),
                String.join(", ", instances));
        try (Progress progress = context.terminal().progress(what, seconds)) {
            for (long done = 0; done < seconds; done = (System.nanoTime() - from) / 1_000_000_000) {
                progress.at(done);
                long wait = Math.min(LOOK_SECONDS, seconds - done);
                JsonNode now = client.get(path + "?wait=" + Math.max(1, wait));
                if (now.path("ended").asBoolean()) throw ended(now);
            }
        }
        long to = System.nanoTime();
        abort(path);
        running = "";
        return new Tried(value, from, to, instances);
    }

    private ObjectNode rollout(String value) {
        ObjectNode body = Json.object()
                .put("strategy", "progressive")
                .put(
                        "message",
                        "profile of " + policy.path("policy").asText() + ": "
                                + policy.path("key").asText() + " = " + value);
        body.putArray("stages")
                .addObject()
                .put("count", options.cohort)
                .put("seconds", 0)
                .put("judged", true);
        body.putObject("tolerance").put("inconclusive", "revert");
        body.putObject("seconds").put("verdict", settleSeconds + measureSeconds + GRACE_SECONDS);
        body.putArray("files")
                .addObject()
                .put("application", policy.path("application").asText())
                .put("cluster", policy.path("cluster").asText())
                .put("file", policy.path("file").asText())
                .putObject("set")
                .put(policy.path("key").asText(), value);
        return body;
    }

    /** The instances that have the value, as soon as all that shall have it do. */
    private List<String> applied(String path) throws InterruptedException {
        long until = System.nanoTime() + GRACE_SECONDS * 1_000_000_000;
        while (System.nanoTime() < until) {
            JsonNode now = client.get(path);
            if (now.path("ended").asBoolean()) throw ended(now);
            JsonNode applied = client.get(path + "/instances?state=APPLIED").path("instances");
            int wanted = Math.min(options.cohort, now.path("targets").asInt());
            if (now.path("phase").asText().equals("STAGE") && wanted > 0 && applied.size() >= wanted) {
                List<String> ids = new ArrayList<>();
                applied.forEach(each -> ids.add(each.path("id").asText()));
                return ids;
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException("No instance has taken the value within " + GRACE_SECONDS + " s.");
    }

    private static IllegalStateException ended(JsonNode rollout) {
        return new IllegalStateException("Rollout " + rollout.path("number").asLong() + " has ended: "
                + rollout.path("phase").asText() + ", " + rollout.path("reason").asText());
    }

    private void abort(String path) {
        client.call(ApiRequest.of("POST", path + "/abort?message=" + ApiRequest.encode("measured")));
        long until = System.nanoTime() + UNDO_SECONDS * 1_000_000_000;
        JsonNode ended = client.get(path);
        while (!ended.path("ended").asBoolean() && System.nanoTime() < until)
            ended = client.get(path + "?wait=" + LOOK_SECONDS);
        if (!ended.path("ended").asBoolean())
            throw new IllegalStateException("Rollout " + ended.path("number").asLong() + " is still going back ("
                    + ended.path("phase").asText() + "); see attune rollout show.");
    }

    private void abortQuietly() {
        String path = running;
        running = "";
        if (path.isEmpty()) return;
        try {
            client.call(ApiRequest.of("POST", path + "/abort?message=" + ApiRequest.encode("profile was stopped")));
        } catch (RuntimeException e) {
            context.terminal().say("The rollout was not aborted and goes back by itself: " + e.getMessage());
        }
    }
}
