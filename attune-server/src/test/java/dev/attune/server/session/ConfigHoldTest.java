package dev.attune.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.model.config.InstanceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a program that starts keeps one state until its checks are in place, and what it may know of them. */
class ConfigHoldTest {
    private final InMemoryKeyspace keyspace = new InMemoryKeyspace();
    private final ScriptedSubscriptions files = new ScriptedSubscriptions();
    private SessionMember member;
    private AttuneClient client;

    @BeforeEach
    void start() {
        member = new SessionMember("c1", "m1", keyspace, files);
        files.put("application.properties", "a=1");
        client = AttuneClient.builder()
                .endpoints(member.endpoint())
                .token("reader")
                .snapshotDirectory(null)
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        member.close();
        keyspace.close();
    }

    private Config open() {
        return client.config(InstanceSpec.of("i1", "prod", "orders"));
    }

    @Test
    void statesWhileHeld_areCheckedInOrderOnceLetGo() {
        List<String> checked = Collections.synchronizedList(new ArrayList<>());
        try (Config config = open()) {
            Config.Registration hold = config.hold();
            Config.Registration second = config.hold();
            files.put("application.properties", "a=2");
            files.put("application.properties", "a=3");
            config.guard(change -> {
                checked.add(change.newValue("a").orElse("-"));
                return Optional.empty();
            });
            hold.close();
            hold.close();
            files.put("application.properties", "a=4");
            assertThat(config.getInt("a", 0)).isEqualTo(1);
            assertThat(checked).isEmpty();

            second.close();

            await().until(() -> config.getInt("a", 0) == 4);
            assertThat(checked).endsWith("4").isSorted();
            assertThat(config.appliedCount()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void stateThatWasInForceBefore_isNotAppliedAgain_whenLetGo() {
        List<String> applied = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 20; i++) {
            try (Config config = open()) {
                // Now and then the arrival of the first state is told only after this.
                Config.Registration hold = config.hold();
                config.participate(new ConfigParticipant() {
                    @Override
                    public void apply(ConfigChange change) {
                        applied.add(change.newValue("a").orElse("-"));
                    }
                });
                hold.close();
                String next = "a=" + (i + 2);
                files.put("application.properties", next);
                await().until(() -> !applied.isEmpty());
                assertThat(applied).containsExactly(next.substring(2));
                applied.clear();
            }
        }
    }

    @Test
    void vetoedState_isKnownUntilALaterOneIsInForce() {
        try (Config config = open()) {
            config.guard(change -> change.newValue("a").filter("9"::equals).map(value -> "a: 9 (expected: < 9)"));
            files.put("application.properties", "a=9");
            await().until(() -> config.vetoed().isPresent());
            assertThat(config.vetoed().orElseThrow().reason()).isEqualTo("a: 9 (expected: < 9)");
            assertThat(config.vetoed().orElseThrow().releases()).containsOnlyKeys("application.properties");
            assertThat(config.vetoedCount()).isEqualTo(1);
            assertThat(config.snapshot().keys()).isEqualTo(Map.of("a", "1"));

            files.put("application.properties", "a=2");
            await().until(() -> config.getInt("a", 0) == 2);
            assertThat(config.vetoed()).isEmpty();
        }
    }

    @Test
    void lostCentre_isStaleSinceItsLastSign() {
        try (Config config = open()) {
            assertThat(config.staleFor()).isZero();
            member.close();
            await().until(() -> config.staleFor().compareTo(Duration.ofMillis(50)) > 0);
            assertThat(config.getInt("a", 0)).isEqualTo(1);
            member = new SessionMember("c1", "m2", keyspace, files);
        }
    }
}
