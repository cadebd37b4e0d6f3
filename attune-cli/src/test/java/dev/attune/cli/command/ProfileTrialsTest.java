package dev.attune.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProfileTrialsTest {
    private static JsonNode range(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void levels_areEvenInTheScaleOfTheRange_andWholeSteps() {
        assertThat(ProfileTrials.levels(range("{\"min\":32,\"max\":1024,\"step\":1,\"scale\":\"log\"}"), 6))
                .containsExactly(32.0, 64.0, 128.0, 256.0, 512.0, 1024.0);
        assertThat(ProfileTrials.levels(range("{\"min\":10,\"max\":50,\"step\":8,\"scale\":\"linear\"}"), 5))
                .containsExactly(10.0, 18.0, 26.0, 42.0, 50.0);
        assertThat(ProfileTrials.levels(range("{\"min\":1,\"max\":3,\"step\":1,\"scale\":\"linear\"}"), 8))
                .as("no value twice")
                .containsExactly(1.0, 2.0, 3.0);
    }

    @Test
    void aPolicyWithoutARange_needsValues() {
        assertThatThrownBy(() -> ProfileTrials.levels(range("{}").path("range"), 5))
                .hasMessageContaining("expected: values to try");
    }
}
