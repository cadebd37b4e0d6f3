package dev.attune.examples.demo;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The demonstration: a cluster of three nodes and three instances of a service, as processes of their own on this
 * machine. It publishes, changes and rolls back a value, publishes one that the instances refuse, brings
 * values to all of them at once (kept, refused by their votes, undone after a failure), kills the leader, and shows when
 * every instance knew, while each of them is ordered from without pause. In the end a policy adapts a value to a changing
 * load.
 * {@code --check} ends with 0 when all of it happened and 1 otherwise; without it everything stays up until Ctrl-C.
 */
public final class Demo {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_MILLIS = 20;
    private static final String USAGE = "usage: attune demo [--check] [--consensus raft|paxos]";
    private static final List<String> ENGINES = List.of("raft", "paxos");

    private final DemoWorld world;
    private final Centre centre;
    private final List<Long> used = new ArrayList<>();
    private final Set<Long> undone = new HashSet<>();
    private long release;

    private Demo(DemoWorld world) {
        this.world = world;
        this.centre = new Centre(world.endpoints(), world.token());
    }

    /** Runs the story. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.println(USAGE + "   with --check the story runs to its end and exits 0 or 1");
            return;
        }
        var rest = new ArrayList<>(List.of(arguments));
        boolean check = rest.remove("--check");
        String engine = "raft";
        if (rest.size() == 2 && rest.get(0).equals("--consensus")) {
            engine = rest.get(1);
            rest.clear();
        }
        if (!rest.isEmpty() || !ENGINES.contains(engine)) {
            System.err.println(USAGE);
            System.exit(2);
        }
        System.exit(run(check, engine));
    }

    private static int run(boolean check, String engine) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        DemoWorld world = DemoWorld.start(engine);
        // Also on Ctrl-C: nothing is left behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(world), "demo-cleanup"));
        try {
            var demo = new Demo(world);
            demo.tell(begun);
            if (!check) demo.stayUp();
            return 0;
        } catch (DemoFailure e) {
            say("");
            say("✗ " + e.getMessage());
            if (!check) say("  The logs are in " + world.folder() + " until Ctrl-C.");
            if (!check) new CountDownLatch(1).await();
            return 1;
        }
    }

    private void tell(long begun) throws IOException, InterruptedException {
        say("Starting three nodes and three instances of a Spring Boot service, each a process of its own …");
        String leader = awaitLeader("");
        say(line("cluster of " + DemoWorld.SIZE + " ready, " + leader + " leads", begun));
        release = centre.publish(text(0), "first prices", 0, deadline());
        used.add(release);
        world.startInstances();
        for (ServiceInstance each : world.instances()) each.awaitReady(deadline());
        for (ServiceInstance each : world.instances()) each.await(release, deadline());
        say(line("three instances ready with release " + release, begun));
        say("");
        say(String.format(Locale.ROOT, "%-44s %9s   %s", "what happened", "committed", "known to orders-1, -2, -3"));
        change("publish: discount 0 % → 10 %", () -> centre.publish(text(10), "spring sale", release, deadline()));
        change("publish: discount 10 % → 90 %", () -> centre.publish(text(90), "clearance", release, deadline()));
        refused("publish: discount 90 % → 900 % (a mistake)", text(900));
        change("roll back to release 2", () -> centre.rollback(2, "undo the mistake", release, deadline()));
        say("");
        say("all at once, or not at all (three-phase commit over the instances)");
        committed("discount 10 % → 20 %", text(20));
        aborted("discount 20 % → 900 % (a mistake)", text(900));
        rolledBack("currency EUR → CHF (one till cannot print it)", text(20).replace("EUR", "CHF"));
        say("");
        killLeader(leader);
        say("");
        finish(begun);
        say("");
        adapt(begun);
    }

    private void adapt(long begun) throws InterruptedException {
        List<Integer> ports =
                world.instances().stream().map(ServiceInstance::port).toList();
        try (ParcelLoad load = ParcelLoad.start(ports, 0)) {
            new TuningStory(centre, load).tell();
        }
        say(line("✓ done", begun));
    }

    /** A change and its new release number. */
    private interface Change {
        long make() throws InterruptedException;
    }

    private void change(String what, Change change) throws InterruptedException {
        long begunMicros = micros();
        release = change.make();
        used.add(release);
        long committed = micros() - begunMicros;
        say(row(what, committed, seen(begunMicros)));
    }

    /** A release that the centre cannot know to be wrong, and every instance refuses before it uses it. */
    private void refused(String what, String text) throws InterruptedException {
        long begunMicros = micros();
        release = centre.publish(text, "oops", release, deadline());
        long committed = micros() - begunMicros;
        long deadline = deadline();
        List<String> reasons = List.of();
        while (reasons.size() < DemoWorld.SIZE) {
            if (System.nanoTime() > deadline) throw new DemoFailure("refused by " + reasons + " only");
            Thread.sleep(POLL_MILLIS);
            reasons = centre.refusals(world.endpoints().get(0));
        }
        say(String.format(
                Locale.ROOT, "%-44s %6.1f ms   refused by all three, used by none", what, committed / 1000.0));
        say("  " + reasons.get(0));
    }

    private void committed(String what, String text) throws InterruptedException {
        long begunMicros = micros();
        Centre.Rollout end = rollOut(what, text, "COMMITTED");
        release = end.release();
        used.add(release);
        List<Long> seen = seen(begunMicros);
        say(row(what, Collections.max(seen), seen));
        say(String.format(
                Locale.ROOT,
                "  rollout %d committed; %.1f ms between the first and the last instance",
                end.number(),
                (Collections.max(seen) - Collections.min(seen)) / 1000.0));
    }

    private void aborted(String what, String text) throws InterruptedException {
        Centre.Rollout end = rollOut(what, text, "ABORTED");
        for (ServiceInstance each : world.instances())
            if (each.releases().contains(end.release()))
                throw new DemoFailure(each.id() + " used release " + end.release() + " of an aborted rollout");
        say(what + ": aborted, no instance has used it");
        say("  " + end.reason());
    }

    private void rolledBack(String what, String text) throws InterruptedException {
        Centre.Rollout end = rollOut(what, text, "ROLLED_BACK");
        undone.add(end.release());
        long deadline = deadline();
        for (ServiceInstance each : world.instances())
            while (each.release() != release) {
                if (System.nanoTime() > deadline)
                    throw new DemoFailure(
                            each.id() + " has release " + each.release() + " (expected: " + release + ")");
                Thread.sleep(POLL_MILLIS);
            }
        say(what + ": undone, all are back on release " + release);
        say("  " + end.reason());
    }

    /** Brings a text to all instances or none, and shows how that goes. */
    private Centre.Rollout rollOut(String what, String text, String expected) throws InterruptedException {
        boolean terminal = Boolean.getBoolean("attune.interactive");
        Centre.Rollout now = centre.rollOut(text, what, release);
        long deadline = deadline();
        while (!now.ended()) {
            if (System.nanoTime() > deadline)
                throw new DemoFailure("rollout " + now.number() + " is in " + now.phase());
            if (terminal) System.out.printf("\r\u001b[K  %s  %s", now.phase(), now.states());
            Thread.sleep(POLL_MILLIS);
            now = centre.rollout(now.number());
        }
        if (terminal) System.out.print("\r\u001b[K");
        if (!now.phase().equals(expected))
            throw new DemoFailure(
                    "rollout " + now.number() + ": " + now.phase() + " (expected: " + expected + "): " + now.reason());
        return now;
    }

    private List<Long> seen(long begunMicros) throws InterruptedException {
        var times = new ArrayList<Long>();
        for (ServiceInstance each : world.instances()) {
            times.add(each.await(release, deadline()).epochMicros() - begunMicros);
        }
        return times;
    }

    private void killLeader(String leader) throws IOException, InterruptedException {
        NodeProcess victim = node(leader);
        victim.kill();
        change(
                "kill -9 " + leader + " (the leader), publish: 20 % → 15 %",
                () -> centre.publish(text(15), "after the kill", release, deadline()));
        String next = awaitLeader(leader);
        world.restart(victim);
        long begun = System.nanoTime();
        awaitEqualStates();
        say("  " + next + " leads now; " + leader + " was started again and holds the same state after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
    }

    private void finish(long begun) throws InterruptedException {
        List<Long> expected = List.copyOf(used);
        for (ServiceInstance each : world.instances()) {
            if (!kept(each).equals(expected)) {
                throw new DemoFailure(each.id() + " saw releases " + each.releases() + " (expected: " + expected + ")");
            }
        }
        long orders = 0;
        long failures = 0;
        for (ServiceInstance each : world.instances()) {
            OrderLoad.Progress progress = each.progress();
            orders += progress.orders();
            failures += progress.failures();
        }
        if (failures > 0) throw new DemoFailure(failures + " of " + orders + " orders could not be priced");
        say("✓ every instance saw releases " + expected + ", each once and in order");
        say("✓ " + orders + " orders priced over HTTP meanwhile, also without a leader; not one failed");
        say(line("✓ so far", begun));
    }

    /** What an instance came to, without what was undone and the way back from it. */
    private List<Long> kept(ServiceInstance instance) {
        var kept = new ArrayList<Long>();
        for (long each : instance.releases())
            if (!undone.contains(each) && (kept.isEmpty() || kept.get(kept.size() - 1) != each)) kept.add(each);
        return kept;
    }

    private void stayUp() throws InterruptedException {
        say("");
        say("Everything stays up until Ctrl-C. Look around from another terminal:");
        say("  export ATTUNE_ENDPOINTS=" + world.endpointList());
        say("  export ATTUNE_TOKEN_FILE=" + world.tokenFile());
        say("  ./attune history demo/orders/" + DemoWorld.FILE);
        say("  ./attune cluster status");
        say("  ./attune watch --env demo --app orders");
        say("  ./attune set demo/orders/" + DemoWorld.FILE + " prices.discount-percent 42");
        say("  ./attune instances demo/orders");
        say("  ./attune tune list demo");
        say("  ./attune tune explain demo/orders/bench");
        say("  ./attune tune timeline demo/orders packing.workers");
        say("Logs: " + world.folder());
        new CountDownLatch(1).await();
    }

    /** Waits until a leader other than {@code gone} is known. */
    private String awaitLeader(String gone) throws InterruptedException {
        long deadline = deadline();
        while (System.nanoTime() < deadline) {
            for (NodeProcess node : world.nodes()) {
                if (node.id().equals(gone)) continue;
                if (!node.isAlive()) throw new DemoFailure(node.id() + " ended; see " + world.folder());
                Optional<String> leader = centre.leader(node.endpoint());
                if (leader.isPresent() && !leader.get().equals(gone)) return leader.get();
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new DemoFailure("no leader was elected");
    }

    private void awaitEqualStates() throws InterruptedException {
        long deadline = deadline();
        while (System.nanoTime() < deadline) {
            var states = new HashSet<Optional<String>>();
            for (NodeProcess node : world.nodes()) states.add(centre.state(node.endpoint()));
            if (states.size() == 1 && !states.contains(Optional.<String>empty())) return;
            Thread.sleep(POLL_MILLIS);
        }
        throw new DemoFailure("the nodes did not come to the same state");
    }

    private NodeProcess node(String id) {
        return world.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new DemoFailure("the leader is " + id + ", which is not one of ours"));
    }

    private static String text(int discount) {
        return "# prices of the sample service\nprices:\n  currency: EUR\n  discount-percent: " + discount
                + "\npacking:\n  workers: 4\n";
    }

    private static String row(String what, long committedMicros, List<Long> seenMicros) {
        String seen = seenMicros.stream()
                .map(micros -> String.format(Locale.ROOT, "%6.1f ms", micros / 1000.0))
                .collect(Collectors.joining(" "));
        return String.format(Locale.ROOT, "%-44s %6.1f ms   %s", what, committedMicros / 1000.0, seen);
    }

    private static String line(String what, long begunNanos) {
        return String.format(Locale.ROOT, "%s (%.1f s)", what, (System.nanoTime() - begunNanos) / 1e9);
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private static long deadline() {
        return System.nanoTime() + PATIENCE_NANOS;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void closeQuietly(DemoWorld world) {
        try {
            world.close();
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("could not remove " + world.folder() + ": " + e.getMessage());
        }
    }
}
