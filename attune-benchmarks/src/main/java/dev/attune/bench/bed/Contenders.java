package dev.attune.bench.bed;

import dev.attune.tuning.expression.Language;
import dev.attune.tuning.policy.PolicyReader;
import dev.attune.tuning.policy.TuningPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who takes part, with all parameters. They were fixed before the runs that are reported. */
final class Contenders {
    /** The library steers itself from within the service. */
    static final String GRADIENT2 = "gradient2";

    /** Attune's decisions on a clock of their own. */
    static final String ATTUNE = "attune, compressed";

    /** Attune's decisions by a node. */
    static final String NODE = "attune, through a node";

    /** The policy of the pool, a resource beside this class. */
    static final String POOL_POLICY = "pool.policy.yaml";

    /** The policy of the queue. */
    static final String QUEUE_POLICY = "queue.policy.yaml";

    /** Heap after collection that must not be passed. */
    static final double HEAP_GOAL = 0.8;

    /** Below the goal by the same 6 % at which the policy aims. */
    private static final double HEAP_AIM = 0.752;

    /** Of the profile: 64 KiB of 128 MiB for each request that waits. */
    private static final double HEAP_PER_ITEM = 0.0005;

    private Contenders() {}

    /** Those of the pool, after the fixed settings; with a node if there is one. */
    static List<Contender> pool(Bed bed, List<Integer> fixed, int nodes, @Nullable Centre centre) {
        List<Contender> all = new ArrayList<>();
        fixed.forEach(each -> all.add(Contender.fixed(each)));
        Bounds bounds = bed.bounds();
        // Slow answers are met with more threads, idle threads are let go.
        Rules.Threshold threshold =
                new Rules.Threshold(bounds, look -> look.p95Millis() / Service.DEADLINE_MILLIS, 0.3, 0.8, -0.1, 0.25);
        all.add(rule("threshold", bed, threshold::steering));
        all.add(rule("hpa", bed, new Rules.Autoscaler(bounds, Look::utilisation, 0.7, false)::steering));
        // Half of the deadline is aimed at; between 12 and 24 threads a thread takes about 5 ms off the 95th
        // percentile.
        all.add(rule("integral", bed, new Rules.Integral(bounds, Look::p95Millis, 125, -5, 4)::steering));
        all.add(rule(GRADIENT2, bed, () -> new Rules.Gradient2(bounds)));
        TuningPolicy policy = policy(POOL_POLICY);
        all.add(attune(ATTUNE, bed, nodes, () -> new ClimbPolicy(policy, nodes, bed.usual())));
        if (centre != null) all.add(throughNode(bed, nodes, centre, POOL_POLICY));
        return all;
    }

    /** Those of the queue; with a node if there is one. */
    static List<Contender> queue(Bed bed, List<Integer> fixed, int nodes, @Nullable Centre centre) {
        List<Contender> all = new ArrayList<>();
        fixed.forEach(each -> all.add(Contender.fixed(each)));
        Bounds bounds = bed.bounds();
        all.add(rule("threshold", bed, new Rules.Threshold(bounds, Look::heap, 0.65, 0.76, 0.1, -0.2)::steering));
        // Its tolerance of 10 % just reaches the goal.
        all.add(rule("hpa", bed, new Rules.Autoscaler(bounds, Look::heap, HEAP_GOAL / 1.1, true)::steering));
        all.add(rule("integral", bed, new Rules.Integral(bounds, Look::heap, HEAP_AIM, HEAP_PER_ITEM, 1)::steering));
        TuningPolicy policy = policy(QUEUE_POLICY);
        all.add(attune(ATTUNE, bed, nodes, () -> new GoalPolicy(policy, nodes, bed.usual())));
        if (centre != null) all.add(throughNode(bed, nodes, centre, QUEUE_POLICY));
        return all;
    }

    private static Contender throughNode(Bed bed, int nodes, Centre centre, String policy) {
        AtomicInteger runs = new AtomicInteger();
        return attune(
                NODE,
                bed,
                nodes,
                () -> new ThroughNode(centre, bed, "bed-" + bed.key() + "-" + runs.incrementAndGet(), text(policy)));
    }

    private static Contender rule(String name, Bed bed, Supplier<Steering> steering) {
        return new Contender(name, Contender.Kind.RULE, bed.usual(), 1, steering);
    }

    private static Contender attune(String name, Bed bed, int nodes, Supplier<Steering> steering) {
        return new Contender(name, Contender.Kind.ATTUNE, bed.usual(), nodes, steering);
    }

    /** The text of a policy. */
    static String text(String resource) {
        try (InputStream in = Contenders.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + ": not found");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(resource + ": " + e, e);
        }
    }

    /** A policy as a node reads it. */
    static TuningPolicy policy(String resource) {
        return (TuningPolicy)
                new PolicyReader(new Language()).read(text(resource)).get(0);
    }
}
