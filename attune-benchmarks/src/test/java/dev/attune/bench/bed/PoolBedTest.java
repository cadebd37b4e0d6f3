package dev.attune.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A slice of the bed in a few seconds of real time, with real processes. */
class PoolBedTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("R1a: a slice runs, four threads answer less in time than 24 in phase A, and the report is written")
    void aSlice_runsAndReports() throws IOException {
        int code = new CommandLine(new PoolBed())
                .execute(
                        "--repeats=1",
                        "--phase=1.5",
                        "--warm=1",
                        "--lanes=3",
                        "--fixed=4,24",
                        "--contenders=static;attune",
                        "--out=" + folder);

        assertThat(code).as("exit code; services said: %s", said()).isZero();
        JsonNode runs = new ObjectMapper()
                .readTree(folder.resolve("results.json").toFile())
                .get("runs");
        assertThat(runs).hasSize(3);
        double few = goodput(runs, "static 4");
        double many = goodput(runs, "static 24");
        assertThat(many).as("24 threads; services said: %s", said()).isGreaterThan(100);
        assertThat(few).isLessThan(many / 2);
        assertThat(goodput(runs, Contenders.ATTUNE)).isGreaterThan(few);
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("| static 24 |")
                .contains("| " + Contenders.ATTUNE + " |")
                .contains("load average");
        assertThat(Files.readString(folder.resolve("chart.svg")))
                .startsWith("<svg ")
                .contains(Contenders.ATTUNE)
                .endsWith("</svg>\n");
    }

    /** In the first phase, in the mean. */
    private static double goodput(JsonNode runs, String contender) {
        double sum = 0;
        int ticks = 0;
        for (JsonNode run : runs) {
            if (!run.get("contender").asText().equals(contender)) continue;
            for (JsonNode tick : run.get("ticks")) {
                if (tick.get(1).asInt() != 0) continue;
                sum += tick.get(3).asDouble();
                ticks++;
            }
        }
        return sum / ticks;
    }

    private String said() throws IOException {
        Path log = folder.resolve("services.log");
        return Files.exists(log) ? Files.readString(log) : "nothing";
    }
}
