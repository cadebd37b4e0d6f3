package dev.attune.tuning.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.OnMissing;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.signal.Selector;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyReaderTest {
    private static final PolicyReader READER = new PolicyReader(new Language());
    private static final String QUEUE =
            """
            apiVersion: attune/v1
            kind: TuningPolicy
            metadata: {name: orders-queue, namespace: shop, app: orders, owner: team-orders}
            spec:
              mode: approve
              key: http.queue.maxSize
              envelope: [32, 1024]
              goal:
                metric: max(jvm_memory_used_bytes{area="heap"}, 30s) / max(jvm_memory_max_bytes{area="heap"}, 30s)
                below: 0.80
                kind: hard
                model: linear
                gain: auto
              binding: last(http_queue_size) >= 0.5 * current("http.queue.maxSize")
              guards:
                - {name: p95,    expr: 'quantile(0.95, http_server_requests_seconds{}, 1m)', worse: up, margin: 10%, critical: true}
                - {name: errors, counts: [http_requests_failed_total, http_requests_total],   worse: up, margin: 50%, critical: true}
                - {name: newErr, newErrorTemplate: true}
              limits: {tick: 30s, maxStep: 25%, perHour: 6, cooldown: 2m, onMissing: hold}
              freeze: [{cron: "0 9 * * FRI", for: 3h, tz: Europe/Berlin, why: sale}]
            """;
    private static final String LEVEL =
            """
            kind: TuningPolicy
            metadata: {name: quiet, app: orders}
            spec:
              key: log.level
              steps: {when: 'rate(log_lines_total{level="ERROR"}, 1m) > 50', for: 2m, set: WARN}
              return: {when: 'rate(log_lines_total{level="ERROR"}, 5m) < 5', for: 15m, to: previous}
            ---
            kind: TuningPolicy
            metadata: {name: pool, app: orders}
            spec:
              keys: [http.pool.size, http.queue.maxSize]
              ranges: [{min: 1, max: 64}, {min: 8, max: 4096, scale: log}]
              maximize: rate(http_ok_within_slo_total, 1m)
              method: hillclimb
              cohort: 20%
              maxRegretPerDay: 2%
            ---
            kind: RolloutPolicy
            metadata: {name: careful, app: orders}
            spec:
              match: {keys: ["http.*", "db.pool.*"]}
              stages: [1, 10%, 30%, 100%]
              stage: {minTime: 3m, deadline: 30m}
              bake: 10m
              onInconclusive: hold
              guardsFrom: orders-queue
            """;

    @Test
    void aGoalPolicy_isReadWhole() {
        TuningPolicy policy = (TuningPolicy) READER.read(QUEUE).get(0);

        assertThat(policy.metadata().owner()).isEqualTo("team-orders");
        assertThat(policy.mode()).isEqualTo(Mode.APPROVE);
        Method.ByGoal method = (Method.ByGoal) policy.method();
        assertThat(method.goal().kind()).isEqualTo(Goal.Kind.HARD);
        assertThat(method.goal().value()).isEqualTo(0.8);
        assertThat(method.gain()).isNaN();
        assertThat(policy.guards()).hasSize(3);
        assertThat(policy.guards().get(0).guard().margin()).isEqualTo(0.1);
        assertThat(policy.rhythm().limits().high()).isEqualTo(1_024);
        assertThat(policy.rhythm().limits().cooldownMillis()).isEqualTo(120_000);
        assertThat(policy.rhythm().onMissing()).isEqualTo(OnMissing.HOLD);
        assertThat(policy.action().file()).isEqualTo("application.yaml");
        assertThat(policy.action().range())
                .as("the envelope")
                .contains(new KeyRange(32, 1_024, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE));
        assertThat(policy.action().strategy()).isEqualTo(Action.Strategy.IMMEDIATE);
        assertThat(policy.warmUpMillis()).as("its longest window, or a tick").isEqualTo(30_000);
        assertThat(policy.selectors())
                .extracting(Selector::metric)
                .containsExactly(
                        "jvm_memory_used_bytes",
                        "jvm_memory_max_bytes",
                        "http_queue_size",
                        "http_server_requests_seconds",
                        "http_requests_failed_total",
                        "http_requests_total");
        assertThatThrownBy(() -> policy.decider("v1", null)).hasMessageContaining("expected: a profile");
        assertThat(policy.decider("v1", new Model(0.1, 4, 0.02, 1)).key()).isEqualTo("http.queue.maxSize");
    }

    @Test
    void severalPolicies_mayStandInOneText() {
        List<Policy> policies = READER.read(LEVEL);

        TuningPolicy level = (TuningPolicy) policies.get(0);
        assertThat(level.mode())
                .as("nothing acts by itself unless its author says so")
                .isEqualTo(Mode.RECOMMEND);
        assertThat(level.signals()).containsOnlyKeys("when", "clear");
        assertThat(level.decider("v1", null).controller()).isNotNull();
        assertThat(level.action().strategy()).as("words go stage by stage").isEqualTo(Action.Strategy.PROGRESSIVE);
        assertThat(level.warmUpMillis()).isEqualTo(300_000);
        TuningPolicy pool = (TuningPolicy) policies.get(1);
        assertThat(pool.climb().regretPerDay()).isEqualTo(0.02);
        RolloutPolicy rollout = (RolloutPolicy) policies.get(2);
        assertThat(rollout.stages()).hasSize(4);
        assertThat(rollout.matches("http.queue.maxSize")).isTrue();
        assertThat(rollout.matches("db.url")).isFalse();
        assertThat(rollout.rollBackWhenInconclusive()).isFalse();
    }

    @Test
    void keyPatterns_matchInBoundedTime() {
        assertThat(rollout("*").matches("anything")).isTrue();
        assertThat(rollout("a*b*c").matches("a.b.b.c")).isTrue();
        assertThat(rollout("a*b*c").matches("a.c.b")).isFalse();
        assertThat(rollout("ab*bc").matches("abc")).as("parts may not overlap").isFalse();
        assertThat(rollout("plain").matches("plainer")).isFalse();
        assertThat(rollout("*a".repeat(60) + "b").matches("a".repeat(2_000))).isFalse();
    }

    private static RolloutPolicy rollout(String pattern) {
        return new RolloutPolicy(
                new Policy.Metadata("r", "default", "orders", ""),
                List.of(pattern),
                List.of(new RolloutPolicy.Stage(0, 1)),
                0,
                0,
                0,
                false,
                "");
    }

    @Test
    void stepsBySize_areReadInOrder() {
        TuningPolicy policy = (TuningPolicy) READER.read(
                        """
                        kind: TuningPolicy
                        metadata: {name: pool, app: orders}
                        spec:
                          key: pool.size
                          steps:
                            when: quantile(0.95, latency, 1m) > 0.25
                            size: quantile(0.95, latency, 1m)
                            at:
                              - {size: 0.25, change: -10%}
                              - {size: 0.5, change: -30%}
                              - {size: 1, set: 8}
                          return: {for: 10m, by: 10%, every: 5m}
                        """)
                .get(0);

        Method.ByThreshold method = (Method.ByThreshold) policy.method();
        assertThat(method.controller().steps()).hasSize(3);
        assertThat(method.controller().steps().get(0).factor()).isEqualTo(0.9);
        assertThat(method.controller().back().factor()).isEqualTo(0.1);
    }

    @Test
    void aMistake_isRefusedWithItsPlace() {
        assertMistake(QUEUE.replace("kind: hard", "kind: firm"), 11, 11, "kind: firm (expected: one of soft, hard");
        assertMistake(QUEUE.replace("below: 0.80", "bellow: 0.80"), 9, 5, "one of below, above, track");
        assertMistake(QUEUE.replace("owner:", "owners:"), 3, 62, "unknown field: owners");
        assertMistake(QUEUE.replace("area=\"heap\"}, 30s) /", "area=\"heap\"}) /"), 9, 16, "no matching overload");
        assertMistake(QUEUE.replace("'quantile(0.95,", "'quantil(0.95,"), 16, 36, "undeclared reference");
        assertMistake(QUEUE.replace("Europe/Berlin", "Atlantis"), 20, 12, "tz: Atlantis");
        assertMistake(QUEUE.replace("0 9 * * FRI", "0 9 * *"), 20, 12, "");
        assertMistake(QUEUE.replace("25%", "a lot"), 19, 32, "expected: a number or a share");
        assertMistake(LEVEL.replace("set: WARN", "set: WARN, change: 10%"), 5, 10, "either set or change");
        assertMistake(LEVEL.replace("30%, 100%", "30%, 90%"), 21, 3, "expected: 100%");
        assertMistake("", 1, 1, "at least one document");
        assertMistake("kind: Cow\nmetadata: {name: a, app: b}\nspec: {}\n", 1, 7, "TuningPolicy or RolloutPolicy");
    }

    @Test
    void hostileTexts_areRefusedBeforeTheyCost() {
        assertMistake("a".repeat(PolicyReader.LENGTH_MAX + 1), 1, 1, "characters");
        assertThatThrownBy(() -> READER.read("[".repeat(5_000))).isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> READER.read("a: &x [1]\nb: *x\n")).isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> READER.read("a: &a [*a]\n")).isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> READER.read("kind: TuningPolicy\nkind: TuningPolicy\n"))
                .isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> READER.read("!!javax.script.ScriptEngineManager {}\n"))
                .isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> READER.read("kind: x\n---\n".repeat(40))).isInstanceOf(PolicyException.class);
    }

    @Test
    void freezes_holdForTheirTimeInTheirZone() {
        FreezeWindow freeze = new FreezeWindow("0 9 * * FRI", 3 * 3_600_000L, "Europe/Berlin", "sale");

        assertThat(freeze.holds(at("2026-01-02T07:59:59Z"))).isFalse();
        assertThat(freeze.holds(at("2026-01-02T08:00:00Z"))).isTrue();
        assertThat(freeze.holds(at("2026-01-02T10:59:59Z"))).isTrue();
        assertThat(freeze.holds(at("2026-01-02T11:00:00Z"))).isFalse();
        assertThat(freeze.holds(at("2026-07-03T07:30:00Z"))).as("summer time").isTrue();
        TuningPolicy policy = (TuningPolicy) READER.read(QUEUE).get(0);
        assertThat(policy.frozen(at("2026-01-02T09:00:00Z"))).isEqualTo("sale");
        assertThat(policy.frozen(at("2026-01-03T09:00:00Z"))).isEmpty();
    }

    @Test
    void whereAndHowAKeyIsChanged_isRead() {
        String text = QUEUE.replace(
                "  envelope: [32, 1024]\n",
                """
                  file: pools.toml
                  range: {min: 8, max: 4096, step: 8, scale: log, relief: down}
                  combine: safest
                  priority: 7
                  strategy: atomic
                  verify: 5m
                """);

        Action action = ((TuningPolicy) READER.read(text).get(0)).action();

        assertThat(action)
                .isEqualTo(new Action(
                        "pools.toml",
                        List.of(new KeyRange(8, 4_096, 8, KeyRange.Scale.LOG, KeyRange.Relief.DOWN)),
                        Action.Strategy.ATOMIC,
                        Action.Combine.SAFEST,
                        7,
                        300_000,
                        0));
        assertThatThrownBy(() -> READER.read(text.replace("verify: 5m", "holdout: 60s")))
                .hasMessageContaining("holdout: with strategy atomic");
        String held = text.replace("strategy: atomic", "strategy: immediate").replace("verify: 5m", "holdout: 60s");
        assertThat(((TuningPolicy) READER.read(held).get(0)).action().holdoutMillis())
                .isEqualTo(60_000);
        assertThatThrownBy(() -> READER.read(held.replace("60s", "30s"))).hasMessageContaining("0, or 1m..1h");
        assertThatThrownBy(() -> READER.read(text.replace(", relief: down", "")))
                .hasMessageContaining("expected: relief of the range");
        assertThatThrownBy(() -> READER.read(QUEUE.replace("  envelope: [32, 1024]\n", "")))
                .hasMessageContaining("expected: a range or an envelope");
        assertThatThrownBy(() -> READER.read(text.replace("pools.toml", "../etc/passwd")))
                .isInstanceOf(PolicyException.class);
    }

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static void assertMistake(String text, int line, int column, String problem) {
        PolicyException mistake = catchThrowableOfType(PolicyException.class, () -> READER.read(text));
        assertThat(mistake).hasMessageContaining(problem);
        assertThat(List.of(mistake.line(), mistake.column()))
                .as(mistake.getMessage())
                .containsExactly(line, column);
    }
}
