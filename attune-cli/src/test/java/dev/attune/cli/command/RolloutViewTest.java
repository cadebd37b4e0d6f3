package dev.attune.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.cli.ExitCode;
import dev.attune.cli.output.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RolloutViewTest {
    @Test
    void endOfARollout_isTheExitCodeThatTheHelpNames() {
        assertThat(RolloutView.exitCode("COMMITTED")).isEqualTo(ExitCode.OK.number());
        assertThat(RolloutView.exitCode("ABORTED")).isEqualTo(ExitCode.ABORTED.number());
        assertThat(RolloutView.exitCode("ROLLED_BACK")).isEqualTo(ExitCode.ROLLED_BACK.number());
        assertThat(RolloutView.exitCode("?")).isEqualTo(ExitCode.FAILED.number());
    }

    @Test
    void line_saysWhereItStandsAndWhy() {
        String rollout = "{\"number\":7,\"phase\":\"STAGE\",\"stage\":2,\"paused\":true,"
                + "\"states\":{\"OFFERED\":3,\"APPLIED\":1},\"reason\":\"paused by ada\"}";
        assertThat(RolloutView.line(Json.parse(rollout.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("rollout 7 STAGE stage 2 (paused) OFFERED=3 APPLIED=1: paused by ada");
    }

    @Test
    void stage_isACountOrAShareWithATime() {
        assertThat(stage("1").toString()).isEqualTo("{\"count\":1}");
        assertThat(stage("10%:60").toString()).isEqualTo("{\"percent\":10.0,\"seconds\":60.0}");
        for (String each : new String[] {"", "x", "1:2:3", "%", "5%:y"})
            assertThatThrownBy(() -> stage(each)).hasMessageContaining("as in 1, 10% or 10%:60");
    }

    private static ObjectNode stage(String text) {
        ObjectNode stage = Json.object();
        RolloutOptions.stage(stage, text);
        return stage;
    }
}
