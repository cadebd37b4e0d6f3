package dev.attune.e2e.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.AttuneClient;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import dev.attune.e2e.guarded.OrdersProcess;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The sample Spring Boot service and three nodes, as processes, under load over HTTP. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpringServiceIT {
    private static final int CLIENTS = 4;
    private static final int RELEASES = 12;
    private static final Coordinate FILE =
            new Coordinate("demo", "orders", Coordinate.DEFAULT_CLUSTER, "application.yaml");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(3, directory);
        cluster.start();
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    @DisplayName("a Spring service is changed live under load, also without a leader, and no request fails")
    void releasesUnderLoad_oneOfThemVetoed_noRequestFails() throws Exception {
        try (AttuneClient client = AttuneClient.builder()
                .endpoints(cluster.endpoints())
                .token(cluster.token())
                .snapshotDirectory(null)
                .callTimeout(Duration.ofSeconds(60))
                .build()) {
            publish(client, 0);
            String endpoints = String.join(",", cluster.endpoints());
            try (OrdersProcess service = OrdersProcess.start(directory, "orders-1", endpoints, cluster.token())) {
                int port = service.awaitPort();
                assertThat(order(port)).isEqualTo("100.00 EUR");
                Load load = new Load(port);
                for (int i = 1; i <= RELEASES; i++) {
                    publish(client, i);
                    await(port, i);
                    if (i == RELEASES / 2) cluster.leader().kill();
                }
                publish(client, 900);
                ServerProcess alive = cluster.servers().stream()
                        .filter(ServerProcess::isAlive)
                        .findFirst()
                        .orElseThrow();
                until(() -> String.valueOf(alive.get("/api/v1/envs/demo/apps/orders/instances", cluster.token()))
                        .contains("prices.discountPercent: 900 (expected: "));
                assertThat(order(port)).isEqualTo(price(RELEASES));
                publish(client, RELEASES + 1);
                await(port, RELEASES + 1);

                load.end();
                assertThat(load.failures).isEmpty();
                assertThat(load.orders.get()).isGreaterThan(CLIENTS * RELEASES);
                assertThat(get(port, "/actuator/attune"))
                        .contains("prices.discount-percent")
                        .contains("attune demo/orders/default/application.yaml release " + (RELEASES + 3));
                assertThat(get(port, "/actuator/health")).contains("\"attune\":{\"status\":\"UP\"");
                assertThat(get(port, "/greeting")).isEqualTo("hello " + (RELEASES + 1));
            }
        }
    }

    private static void publish(AttuneClient client, int discount) {
        String text = "greeting: hello " + discount + "\nprices: {currency: EUR, discount-percent: " + discount + "}\n";
        client.files().publish(FILE, Bytes.utf8(text), "discount " + discount).join();
    }

    private static String price(int discount) {
        return (100 - discount) + ".00 EUR";
    }

    private void await(int port, int discount) throws Exception {
        until(() -> order(port).equals(price(discount)));
    }

    private String order(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/orders?items=1&price=100"))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 ? answer.body() : answer.statusCode() + " " + answer.body();
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Orders without pause until it is ended; each answer must be the price of some release. */
    private final class Load {
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicLong orders = new AtomicLong();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(int port) {
            for (int i = 0; i < CLIENTS; i++) {
                Thread thread = new Thread(() -> run(port), "load-" + i);
                threads.add(thread);
                thread.start();
            }
        }

        private void run(int port) {
            int newest = 0;
            while (!ended.get()) {
                try {
                    String answer = order(port);
                    int discount = 0;
                    while (discount <= RELEASES + 1 && !price(discount).equals(answer)) discount++;
                    if (discount > RELEASES + 1) failures.add(answer);
                    else if (discount < newest) failures.add("went back from " + newest + " to " + answer);
                    newest = discount;
                    orders.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(5);
                } catch (IOException e) {
                    failures.add(e.toString());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        void end() throws InterruptedException {
            ended.set(true);
            for (Thread each : threads) each.join();
        }
    }

    /** Something that becomes true. */
    @FunctionalInterface
    private interface Fact {
        boolean holds() throws Exception;
    }

    private static void until(Fact fact) throws Exception {
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!fact.holds()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(last);
            Thread.sleep(20);
        }
    }
}
