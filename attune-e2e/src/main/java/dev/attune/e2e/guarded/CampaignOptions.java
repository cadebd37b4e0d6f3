package dev.attune.e2e.guarded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a campaign is asked to do; see its usage. Read from words of which every second is a value. */
record CampaignOptions(Map<String, String> given) {
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("--fleets", "5"),
            Map.entry("--instances", "5"),
            Map.entry("--repeats", "20"),
            Map.entry("--faults", "NONE,SLOWER,FAILING,NEW_ERROR"),
            Map.entry("--rate", "8"),
            Map.entry("--stage", "2:180"),
            Map.entry("--warm", "90"),
            Map.entry("--rest", "30"),
            Map.entry("--nodes", "1"),
            Map.entry("--heap", "96"),
            Map.entry("--seed", ""),
            Map.entry("--service", "examples/orders/target/service"),
            Map.entry("--keep", "target/guarded-campaign"),
            Map.entry("--results", ""));

    static CampaignOptions parse(String... arguments) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!DEFAULTS.containsKey(arguments[i]))
                throw new IllegalArgumentException("unknown option: " + arguments[i]);
            if (i + 1 == arguments.length) throw new IllegalArgumentException(arguments[i] + ": no value");
            given.put(arguments[i], arguments[i + 1]);
        }
        given.putIfAbsent("--seed", Long.toString(System.nanoTime() % 1_000_000));
        CampaignOptions options = new CampaignOptions(given);
        options.check();
        return options;
    }

    private void check() {
        atLeastOne("fleets", fleets());
        atLeastOne("repeats", repeats());
        atLeastOne("faults", faults().size());
        atLeastOne("stage", stage().count());
        if (instances() <= stage().count())
            throw new IllegalArgumentException("instances: " + instances() + " (expected: more than the stage has)");
        if (!(rate() > 0)) throw new IllegalArgumentException("rate: " + rate() + " (expected: > 0)");
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }

    private String value(String name) {
        String value = given.get(name);
        return value != null ? value : DEFAULTS.getOrDefault(name, "");
    }

    private int number(String name) {
        return Integer.parseInt(value(name));
    }

    int fleets() {
        return number("--fleets");
    }

    int instances() {
        return number("--instances");
    }

    int repeats() {
        return number("--repeats");
    }

    List<Fault> faults() {
        return Stream.of(value("--faults").split(",", -1)).map(Fault::valueOf).toList();
    }

    double rate() {
        return Double.parseDouble(value("--rate"));
    }

    Stage stage() {
        return Stage.parse(value("--stage"));
    }

    int warmSeconds() {
        return number("--warm");
    }

    int restSeconds() {
        return number("--rest");
    }

    int nodes() {
        return number("--nodes");
    }

    int heapMegabytes() {
        return number("--heap");
    }

    long seed() {
        return Long.parseLong(value("--seed"));
    }

    Path service() {
        return Path.of(value("--service"));
    }

    Path keep() {
        return Path.of(value("--keep")).toAbsolutePath();
    }

    Path results() {
        return value("--results").isEmpty() ? keep().resolve("results.json") : Path.of(value("--results"));
    }

    @Override
    public String toString() {
        return "fleets " + fleets() + ", instances " + instances() + ", repeats " + repeats() + ", rate " + rate()
                + ", stage " + stage().count() + ":" + stage().seconds() + ", rest " + restSeconds() + " s, nodes "
                + nodes() + ", seed " + seed();
    }
}
