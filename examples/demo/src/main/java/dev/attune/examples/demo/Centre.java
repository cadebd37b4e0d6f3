package dev.attune.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The REST API as the demonstration needs it. Any node will do; the next one is tried when one is gone. */
final class Centre {
    private static final String APPLICATION = "/api/v1/envs/demo/apps/orders";
    private static final String FILE = APPLICATION + "/files/" + DemoWorld.FILE;
    private static final String ROLLOUTS = "/api/v1/envs/demo/rollouts";
    private static final Pattern NUMBER = Pattern.compile("\"number\"\\s*:\\s*(\\d+)");
    private static final Pattern PHASE = Pattern.compile("\"phase\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern AFTER = Pattern.compile("\"after\"\\s*:\\s*(\\d+)");
    private static final Pattern ROLLOUT_REASON = Pattern.compile("\"reason\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern STATES = Pattern.compile("\"states\"\\s*:\\s*\\{([^}]*)\\}");
    private static final Pattern RELEASE = Pattern.compile("\"release\"\\s*:\\s*(\\d+)");
    private static final Pattern LEADER = Pattern.compile("\"leader\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern REASON = Pattern.compile("\"reason\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern HASH = Pattern.compile("\"stateHash\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern REVISION = Pattern.compile("\"revision\"\\s*:\\s*(\\d+)");
    private static final String POLICY = APPLICATION + "/files/bench.policy";
    private static final String DECISIONS = APPLICATION + "/tune/policies/bench/decisions?all=true&limit=20";
    private static final Pattern DECISION = Pattern.compile(
            "\"decision\":(\\d+).*?\"outcome\":\"([A-Z_]*)\".*?\"code\":\"([A-Z_]*)\".*?\"sentence\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern WORKERS = Pattern.compile("workers: (\\d+)");
    private static final long PAUSE_MILLIS = 20;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final List<String> endpoints;
    private final String token;

    Centre(List<String> endpoints, String token) {
        this.endpoints = endpoints;
        this.token = token;
    }

    /** Releases a text after release {@code base} (0 for none) and gives its number. */
    long publish(String text, String message, long base, long deadlineNanos) throws InterruptedException {
        return change("PUT", FILE + "?message=" + encode(message), text, base, deadlineNanos);
    }

    /** Makes a release after {@code base} with the text of an earlier one and gives its number. */
    long rollback(long release, String message, long base, long deadlineNanos) throws InterruptedException {
        return change(
                "POST", FILE + "/rollback?to=" + release + "&message=" + encode(message), "", base, deadlineNanos);
    }

    /**
     * A rollout as the centre tells it.
     *
     * @param release the number it brings
     * @param states how many instances are in which state
     */
    record Rollout(long number, long release, String phase, String reason, String states) {
        boolean ended() {
            return List.of("COMMITTED", "ABORTED", "ROLLED_BACK").contains(phase);
        }
    }

    /** Starts to bring a text to all instances at once, or to none, after release {@code base}. */
    Rollout rollOut(String text, String message, long base) throws InterruptedException {
        String body = "{\"strategy\":\"atomic\",\"message\":\"" + message
                + "\",\"files\":[{\"application\":\"orders\",\"file\":\"" + DemoWorld.FILE + "\",\"base\":" + base
                + ",\"text\":\"" + text.replace("\n", "\\n") + "\"}]}";
        return rollout("POST", ROLLOUTS, body);
    }

    /** Where a rollout stands. */
    Rollout rollout(long number) throws InterruptedException {
        return rollout("GET", ROLLOUTS + "/" + number, "");
    }

    private Rollout rollout(String method, String path, String body) throws InterruptedException {
        try {
            HttpRequest.Builder request =
                    request(method, endpoints.get(0) + path, body).header("Content-Type", "application/json");
            HttpResponse<String> answer = send(request, Duration.ofSeconds(10));
            if (answer.statusCode() / 100 != 2)
                throw new DemoFailure("the rollout was not accepted: " + answer.statusCode() + " " + answer.body());
            String json = answer.body();
            return new Rollout(
                    Long.parseLong(first(NUMBER, json)),
                    Long.parseLong(first(AFTER, json)),
                    first(PHASE, json),
                    first(ROLLOUT_REASON, json),
                    first(STATES, json).replace("\"", ""));
        } catch (IOException e) {
            throw new DemoFailure("the rollout is not answered: " + e);
        }
    }

    private static String first(Pattern pattern, String json) {
        Matcher matcher = pattern.matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** A policy's decision in a sentence. */
    record Decision(long number, String outcome, String code, String sentence) {
        /** Whether there was something to decide by. */
        boolean measured() {
            return !code.equals("NO_DATA");
        }

        /** Whether it set the value. */
        boolean changed() {
            return outcome.equals("APPLY");
        }
    }

    /** Saves the policy of the packing bench. */
    void policy(String text) throws InterruptedException {
        change(
                "PUT",
                POLICY,
                text,
                0,
                System.nanoTime() + Duration.ofSeconds(30).toNanos());
    }

    /** What that policy decided of late, newest first; none while nobody answers. */
    List<Decision> decisions() {
        List<Decision> found = new ArrayList<>();
        Matcher matcher = DECISION.matcher(text(DECISIONS));
        while (matcher.find())
            found.add(new Decision(
                    Long.parseLong(matcher.group(1)), matcher.group(2), matcher.group(3), matcher.group(4)));
        return found;
    }

    /** The workers of the packing bench as they are released now. */
    Optional<Integer> workers() {
        Matcher matcher = WORKERS.matcher(text(FILE));
        return matcher.find() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    /** What the first node that answers says; empty when none does. */
    private String text(String path) {
        for (String each : endpoints) {
            try {
                HttpResponse<String> answer = send(request("GET", each + path, ""), Duration.ofSeconds(2));
                if (answer.statusCode() == 200) return answer.body();
            } catch (IOException e) {
                // The next one may answer.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "";
            }
        }
        return "";
    }

    /** The leader that a node knows, if it answers and knows one. */
    Optional<String> leader(String endpoint) throws InterruptedException {
        return find(LEADER, endpoint);
    }

    /** Why instances refuse what is released, one reason for each of them, as a node tells it. */
    List<String> refusals(String endpoint) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    send(request("GET", endpoint + APPLICATION + "/instances", ""), Duration.ofSeconds(1));
            return REASON.matcher(answer.body())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A node's state: its revision and the hash of everything it holds. */
    Optional<String> state(String endpoint) throws InterruptedException {
        Optional<String> hash = find(HASH, endpoint);
        return hash.isEmpty()
                ? hash
                : find(REVISION, endpoint).map(revision -> "revision " + revision + ", state " + hash.get());
    }

    private Optional<String> find(Pattern pattern, String endpoint) throws InterruptedException {
        try {
            HttpResponse<String> answer = send(request("GET", endpoint + "/api/v1/cluster", ""), Duration.ofSeconds(1));
            Matcher matcher = pattern.matcher(answer.body());
            return answer.statusCode() == 200 && matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Sends a change until it is done. It is bound to the release before it, so a repetition after a lost answer cannot
     * make a second one: it is refused, and that refusal tells that the first was carried out.
     */
    private long change(String method, String path, String body, long base, long deadlineNanos)
            throws InterruptedException {
        String trouble = "";
        boolean lostAnAnswer = false;
        for (int i = 0; System.nanoTime() < deadlineNanos; i++) {
            try {
                HttpRequest.Builder request = request(method, endpoints.get(i % endpoints.size()) + path, body);
                if (base == 0) request.header("If-None-Match", "*");
                else request.header("If-Match", "\"" + base + "\"");
                HttpResponse<String> answer = send(request, Duration.ofSeconds(2));
                Matcher matcher = RELEASE.matcher(answer.body());
                if (answer.statusCode() / 100 == 2 && matcher.find()) return Long.parseLong(matcher.group(1));
                trouble = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() == 409 && lostAnAnswer) return newest(endpoints.get(i % endpoints.size()));
                if (answer.statusCode() == 504) lostAnAnswer = true;
                else if (answer.statusCode() < 500 && answer.statusCode() != 429) break;
            } catch (IOException e) {
                trouble = e.toString();
                lostAnAnswer = true;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new DemoFailure("the change was not accepted: " + trouble);
    }

    private long newest(String endpoint) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("GET", endpoint + FILE + "/releases", ""), Duration.ofSeconds(2));
        Matcher matcher = RELEASE.matcher(answer.body());
        if (!matcher.find()) throw new DemoFailure("no release: " + answer.statusCode() + " " + answer.body());
        return Long.parseLong(matcher.group(1));
    }

    private HttpRequest.Builder request(String method, String uri, String body) {
        return HttpRequest.newBuilder(URI.create(uri))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration timeout)
            throws IOException, InterruptedException {
        return http.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
