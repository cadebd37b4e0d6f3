package dev.attune.server.rollouts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the end of a rollout to the address that its plan names: who, which files, how it ended and why; no texts and no
 * credentials. Three tries within half a minute, on a thread of its own. A leader that dies after the end tells nobody:
 * who must not miss an end asks for the rollout.
 *
 * <p>An address is given by whoever may release, so it could be made to point into this network: addresses of this
 * machine and link-local ones (where clouds keep their credentials) are refused at the moment of connecting, redirects
 * are not followed, and nothing of an answer is shown. What else the machine can reach is to be bounded by its network.
 */
final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final int TRIES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int WAITING_MAX = 100;

    private final RolloutMeters meters;
    private final Predicate<InetAddress> allowed;
    private final long pauseMillis;
    private final ThreadPoolExecutor thread;

    Webhooks(RolloutMeters meters) {
        this(meters, Webhooks::isElsewhere, 2_000);
    }

    /** @param pauseMillis between two tries; the second pause is twice as long */
    Webhooks(RolloutMeters meters, Predicate<InetAddress> allowed, long pauseMillis) {
        this.meters = meters;
        this.allowed = allowed;
        this.pauseMillis = pauseMillis;
        this.thread = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), Webhooks::named, (task, full) -> {
                    LOG.warn("event=webhook-dropped reason=\"too many waiting\"");
                    meters.webhookFailed();
                });
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread named(Runnable task) {
        Thread thread = new Thread(task, "attune-webhooks");
        thread.setDaemon(true);
        return thread;
    }

    /** Refuses what is no address to send to. */
    static void check(String address) {
        if (address.isEmpty()) return;
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "webhook: not an address", e);
        }
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getUserInfo() != null)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "webhook: not usable (expected: http(s)://host/path, no credentials)");
    }

    private static boolean isElsewhere(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress();
    }

    /** Tells it in the background; nothing when the plan names no address. */
    void tell(RolloutRecord ended) {
        if (ended.plan().webhook().isEmpty()) return;
        thread.execute(() -> deliver(ended));
    }

    private void deliver(RolloutRecord ended) {
        String trouble = "";
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                int status = send(ended);
                if (status / 100 == 2) return;
                trouble = "status " + status;
            } catch (IOException | IllegalArgumentException e) {
                trouble = e.getClass().getSimpleName();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (attempt < TRIES && !pause(attempt)) return;
        }
        meters.webhookFailed();
        LOG.warn("event=webhook-failed rollout={} reason=\"{}\"", ended.number(), trouble);
    }

    private boolean pause(int attempt) {
        try {
            Thread.sleep(pauseMillis * attempt);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private int send(RolloutRecord ended) throws IOException, InterruptedException {
        URI uri = URI.create(ended.plan().webhook());
        for (InetAddress each : InetAddress.getAllByName(uri.getHost()))
            if (!allowed.test(each)) throw new IOException("address not allowed");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        Json.write(json(ended)).toUtf8()))
                .build();
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static ObjectNode json(RolloutRecord ended) {
        ObjectNode json = Json.object()
                .put("environment", ended.environment())
                .put("rollout", ended.number())
                .put("outcome", ended.phase().name())
                .put("reason", ended.reason())
                .put("author", ended.plan().author())
                .put("targets", ended.targets());
        ArrayNode files = json.putArray("files");
        for (FileMove each : ended.plan().files())
            files.addObject()
                    .put("file", each.file().toString())
                    .put("before", each.before())
                    .put("after", each.after());
        return json;
    }
}
