package dev.attune.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ReplayTest {
    private static final List<Long> SEEDS = List.of(5L, 21L, 130L);

    @Test
    void the_same_seed_in_two_jvms_has_the_same_trace() throws IOException, InterruptedException {
        for (long seed : SEEDS) {
            TreeSet<String> answers = new TreeSet<>();
            // Another collector and no optimising compiler: nothing of the machine may show in the trace.
            answers.add(run("-XX:+UseSerialGC", seed));
            answers.add(run("-XX:TieredStopAtLevel=1", seed));
            assertThat(answers).as("traces of seed %d", seed).hasSize(1);
            assertThat(answers.first()).contains("\"passed\" : true").contains("\"traceHash\"");
        }
    }

    private static String run(String flag, long seed) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        flag,
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulateMain.class.getName(),
                        "--seed",
                        Long.toString(seed),
                        "-o",
                        "json")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
