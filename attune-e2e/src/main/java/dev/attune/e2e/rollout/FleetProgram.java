package dev.attune.e2e.rollout;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.model.config.InstanceSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Instances of the SDK in one process. It does what its standard input says, a command a line, and answers each with a
 * line:
 *
 * <pre>
 * hold prepare|apply|revert  the first instance waits there from now on
 * go                         it waits no more
 * veto | fail                the first instance rejects, or fails to apply, whatever comes
 * calm                       it does not any more
 * values [KEY]               how many instances show which value of v, or of another key
 * </pre>
 */
public final class FleetProgram {
    private static final int PER_CLIENT = 10;

    private final Object lock = new Object();
    private String held = "";
    private String mischief = "";
    private final List<Config> configs = new ArrayList<>();

    private FleetProgram() {}

    /** {@code ENDPOINTS TOKEN ENVIRONMENT FIRST COUNT DIRECTORY}. */
    public static void main(String[] arguments) throws IOException {
        FleetProgram fleet = new FleetProgram();
        int first = Integer.parseInt(arguments[3]);
        int count = Integer.parseInt(arguments[4]);
        AttuneClient client = null;
        for (int i = 0; i < count; i++) {
            if (client == null || i % PER_CLIENT == 0)
                client = AttuneClient.builder()
                        .endpoints(Arrays.asList(arguments[0].split(",")))
                        .token(arguments[1])
                        .snapshotDirectory(Path.of(arguments[5]).resolve("client" + (first + i)))
                        .build();
            Config config = client.config(InstanceSpec.of("i" + (first + i), arguments[2], "orders"));
            config.participate(fleet.new Part(i == 0));
            fleet.configs.add(config);
        }
        fleet.answer("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) fleet.answer(fleet.does(line));
        // Whoever started this process is gone.
        System.exit(0);
    }

    private void answer(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private String does(String line) {
        String[] words = line.split(" ");
        synchronized (lock) {
            switch (words[0]) {
                case "hold" -> held = words[1];
                case "go" -> held = "";
                case "veto", "fail" -> mischief = words[0];
                case "calm" -> mischief = "";
                case "values" -> {
                    Map<String, Integer> values = new TreeMap<>();
                    String key = words.length > 1 ? words[1] : "v";
                    for (Config each : configs) values.merge(each.getString(key, "-"), 1, Integer::sum);
                    return values.toString();
                }
                default -> {
                    return "not understood";
                }
            }
            lock.notifyAll();
        }
        return "ok";
    }

    /** What one instance does in rollouts. */
    private final class Part implements ConfigParticipant {
        private final boolean first;

        Part(boolean first) {
            this.first = first;
        }

        @Override
        public Optional<String> prepare(ConfigChange change) {
            pass("prepare");
            return is("veto") ? Optional.of("vetoed as told") : Optional.empty();
        }

        @Override
        public void apply(ConfigChange change) {
            pass("apply");
            if (is("fail")) throw new IllegalStateException("failed as told");
        }

        @Override
        public void revert(ConfigChange change) {
            pass("revert");
        }

        private boolean is(String what) {
            synchronized (lock) {
                return first && mischief.equals(what);
            }
        }

        private void pass(String point) {
            synchronized (lock) {
                try {
                    while (first && held.equals(point)) lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
