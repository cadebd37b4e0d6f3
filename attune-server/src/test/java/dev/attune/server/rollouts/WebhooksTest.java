package dev.attune.server.rollouts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.attune.model.config.Coordinate;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WebhooksTest {
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final RolloutMeters meters = new RolloutMeters();
    private volatile int failures;

    @SuppressWarnings("NullAway.Init")
    private HttpServer receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(received.size() <= failures ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private RolloutRecord ended() {
        FileMove move = new FileMove(new Coordinate("prod", "orders", "default", "app.yaml"), 3, 4);
        String address = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
        RolloutPlan plan = new RolloutPlan(List.of(move), new Strategy.Immediate(1, 1), "ada", "", address, 1);
        return RolloutRecord.created(7, plan, Phase.PENDING, 1).movedTo(Phase.ROLLED_BACK, "it failed", 2);
    }

    @Test
    void end_isToldAgainUntilItIsTaken() {
        failures = 2;

        new Webhooks(meters, any -> true, 1).tell(ended());

        await().until(() -> received.size() == 3);
        assertThat(received.get(2))
                .contains("\"rollout\":7")
                .contains("\"outcome\":\"ROLLED_BACK\"")
                .contains("it failed");
        assertThat(meters.webhookFailures()).isZero();
    }

    @Test
    void receiverThatFailsAlways_isGivenUpAndCounted() {
        failures = 100;

        new Webhooks(meters, any -> true, 1).tell(ended());

        await().until(() -> meters.webhookFailures() == 1);
        assertThat(received).hasSize(3);
    }

    @Test
    void addressOfThisMachine_isNotConnectedTo() {
        new Webhooks(meters).tell(ended());

        await().until(() -> meters.webhookFailures() == 1);
        assertThat(received).isEmpty();
    }

    @Test
    void whatIsNoAddress_isRefusedAtTheStart() {
        for (String each : List.of("ftp://a/b", "http:///x", "http://u:p@a/", "no address", "file:///etc/passwd"))
            assertThatThrownBy(() -> Webhooks.check(each)).hasMessageContaining("webhook");
        assertThatCode(() -> Webhooks.check("")).doesNotThrowAnyException();
        assertThatCode(() -> Webhooks.check("https://hooks.example/x")).doesNotThrowAnyException();
    }
}
