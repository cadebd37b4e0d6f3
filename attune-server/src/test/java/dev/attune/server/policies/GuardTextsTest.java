package dev.attune.server.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.expression.Language;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.PolicyReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardTextsTest {
    @Test
    void guards_areReadBackAsTheyWere() {
        PolicyReader reader = new PolicyReader(new Language());
        List<GuardSpec> guards = reader.guards(
                """
                guards:
                  - {name: p95, expr: 'quantile(0.95, latency{uri="/a b"}, 1m)', margin: 10%, critical: true, limit: 2}
                  - {name: errors, counts: ['failed_total{code=~"5.."}', requests_total], worse: up, margin: 50%}
                  - {name: news, newErrorTemplate: true}
                """);

        List<GuardSpec> again = reader.guards(GuardTexts.of(guards));

        assertThat(again)
                .extracting(GuardSpec::guard)
                .isEqualTo(guards.stream().map(GuardSpec::guard).toList());
        assertThat(((GuardSpec.Level) again.get(0)).expression().text())
                .isEqualTo(((GuardSpec.Level) guards.get(0)).expression().text());
        assertThat(((GuardSpec.Events) again.get(1)).events())
                .hasToString(((GuardSpec.Events) guards.get(1)).events().toString());
        assertThat(GuardTexts.of(List.of())).isEmpty();
    }
}
