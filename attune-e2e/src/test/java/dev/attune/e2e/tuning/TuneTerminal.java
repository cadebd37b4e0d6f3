package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.cli.AttuneCli;
import dev.attune.cli.output.Terminal;
import dev.attune.e2e.cluster.ServerCluster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The command line in this process, at whichever node of a cluster answers, and what it says of one policy.
 *
 * @param home a directory of its own
 * @param policy as on the command line, {@code prod/orders/queue}
 */
record TuneTerminal(ServerCluster cluster, Path home, String policy) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Runs a command that succeeds; what it says. */
    String attune(String input, String... arguments) throws Exception {
        return attune(input, 0, arguments);
    }

    /** Runs a command that ends with a code. */
    String attune(String input, int expected, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", home.toString());
        environment.put("ATTUNE_TOKEN", cluster.token());
        environment.put("ATTUNE_ENDPOINTS", String.join(",", cluster.endpoints()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), print, print, false);
        int exit = AttuneCli.run(arguments, terminal, environment, home);
        String said = out.toString(StandardCharsets.UTF_8);
        assertThat(exit).as("%s: %s", String.join(" ", arguments), said).isEqualTo(expected);
        return said;
    }

    /** The policy's decisions, the newest first. */
    List<JsonNode> decisions() throws Exception {
        return all("decisions", "tune", "explain", policy, "--all", "--limit", "100");
    }

    Optional<JsonNode> newest(Predicate<JsonNode> which) throws Exception {
        return decisions().stream().filter(which).findFirst();
    }

    /** The whole record of a decision. */
    JsonNode explained(JsonNode decision) throws Exception {
        return JSON.readTree(
                attune("", "tune", "explain", policy, decision.path("decision").asText(), "-o", "json"));
    }

    /** A file's releases, the newest first. */
    List<JsonNode> history(String file) throws Exception {
        return all("releases", "history", file);
    }

    private List<JsonNode> all(String field, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-o", "json"));
        List<JsonNode> list = new ArrayList<>();
        JSON.readTree(attune("", command.toArray(String[]::new))).path(field).forEach(list::add);
        return list;
    }

    /** Something that is so sooner or later. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits for it, two minutes at most. */
    void until(Condition condition) throws Exception {
        long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until) throw new AssertionError("not so after 120 s: " + decisions());
            Thread.sleep(500);
        }
    }
}
