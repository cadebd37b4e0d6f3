package dev.attune.examples.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The end of the demonstration: a policy keeps the packing benches of the instances busy, but not too busy, while the load
 * more than doubles and falls again. What it does is read from its decisions, a sentence each.
 */
final class TuningStory {
    private static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: bench, app: orders, owner: the demonstration}
            spec:
              mode: auto
              key: packing.workers
              range: {min: 2, max: 32}
              envelope: [2, 32]
              goal:
                metric: (rate(packing_parcels_total, 20s) + rate(packing_refused_total, 20s)) / sum(packing_workers, 20s)
                track: 7
                model: log
                gain: -0.5
              limits: {tick: 10s, maxStep: 100%, cooldown: 10s, stabilize: 0s, perHour: 60, minCoverage: 60%}
              verify: 30s
            """;
    private static final double QUIET = 25;
    private static final double RUSH = 60;
    private static final long LOOK_MILLIS = 1_000;
    private static final long PHASE_SECONDS_MAX = 150;
    private static final int CHART = 48;
    private static final String LEVELS = "▁▂▃▄▅▆▇█";
    private static final int WORKERS_MAX = 32;

    private final Centre centre;
    private final ParcelLoad load;
    private final boolean terminal = Boolean.getBoolean("attune.interactive");
    private final Deque<Integer> workers = new ArrayDeque<>();
    private ParcelLoad.Progress before = new ParcelLoad.Progress(0, 0);
    private long told;
    private boolean measured;
    private int drawn;

    TuningStory(Centre centre, ParcelLoad load) {
        this.centre = centre;
        this.load = load;
    }

    /** Until something is so. */
    private interface Until {
        boolean holds(int now);
    }

    /** Tells it; fails when the policy does not do its work. */
    void tell() throws InterruptedException {
        say("a policy adapts the packing bench: 7 parcels a second for each worker, who can do 10; decided every 10 s");
        load.rate(QUIET);
        centre.policy(POLICY);
        int quiet = phase("quiet", now -> measured);
        load.rate(RUSH);
        int rush = phase("rush", now -> now >= 8 && now >= 1.5 * quiet);
        load.rate(QUIET);
        int after = phase("quiet again", now -> now * 1.5 <= rush);
        say(String.format(
                Locale.ROOT,
                "✓ workers of each instance: %d while quiet, %d in the rush, %d afterwards; nobody set them",
                quiet,
                rush,
                after));
    }

    /** Shows how it goes until it is so; gives the workers then. */
    private int phase(String name, Until until) throws InterruptedException {
        long deadline = System.nanoTime() + PHASE_SECONDS_MAX * 1_000_000_000L;
        while (System.nanoTime() < deadline) {
            Thread.sleep(LOOK_MILLIS);
            Optional<Integer> now = centre.workers();
            if (now.isEmpty()) continue;
            show(name, now.get());
            if (until.holds(now.get())) return now.get();
        }
        throw new DemoFailure("the policy did not adapt to \"" + name + "\": workers " + workers.peekLast());
    }

    private void show(String phase, int now) throws InterruptedException {
        ParcelLoad.Progress progress = load.progress();
        long packed = progress.packed() - before.packed();
        long refused = progress.refused() - before.refused();
        before = progress;
        workers.addLast(now);
        if (workers.size() > CHART) workers.removeFirst();
        String line = String.format(
                Locale.ROOT,
                "  %-12s %4.0f/s brought, %3d packed, %3d refused  workers %2d",
                phase,
                3 * load.rate(),
                packed,
                refused,
                now);
        List<Centre.Decision> decisions = centre.decisions();
        measured |= decisions.stream().anyMatch(Centre.Decision::measured);
        if (terminal) {
            draw(line, decisions.isEmpty() ? "listening …" : decisions.get(0).sentence());
            return;
        }
        for (int i = decisions.size() - 1; i >= 0; i--) {
            Centre.Decision each = decisions.get(i);
            if (each.number() <= told || !each.changed()) continue;
            say(line);
            say("    " + each.sentence());
            told = each.number();
        }
    }

    private void draw(String line, String sentence) {
        StringBuilder out = new StringBuilder();
        if (drawn > 0) out.append("\u001b[").append(drawn).append('A');
        StringBuilder chart = new StringBuilder();
        for (int each : workers)
            chart.append(LEVELS.charAt(Math.min(LEVELS.length() - 1, each * LEVELS.length() / (WORKERS_MAX / 2))));
        String cut = sentence.length() <= 150 ? sentence : sentence.substring(0, 149) + "…";
        for (String each : new String[] {line, "  " + chart, "  " + cut})
            out.append("\r\u001b[K").append(each).append('\n');
        drawn = 3;
        System.out.print(out);
        System.out.flush();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
