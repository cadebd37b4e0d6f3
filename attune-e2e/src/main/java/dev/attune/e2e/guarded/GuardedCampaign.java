package dev.attune.e2e.guarded;

import dev.attune.e2e.cluster.ServerCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Bad and harmless releases of the sample service under guards, again and again: nodes, fleets of instances and the load are
 * processes of their own. Counts what is taken back by itself, what is kept, and how long that takes. Ends with 1 when a
 * release was kept or taken back that should not have been.
 */
public final class GuardedCampaign {
    private static final String USAGE =
            """
            usage: GuardedCampaign [option value]...
              --fleets 5       fleets, each an application of its own
              --instances 5    instances of each, a JVM each
              --repeats 20     of each fault, in random order
              --faults NONE,SLOWER,FAILING,NEW_ERROR
              --rate 8         requests to each instance a second
              --stage 2:180    how many instances get a release first, and for how many seconds at least
              --warm 90        seconds under load before anything is measured: JVMs start slowly
              --rest 30        seconds between two releases to a fleet
              --nodes 1        nodes of the centre, 1 or 3
              --heap 96        largest heap of an instance in MB
              --seed N         of the order and the requests
              --service DIR    where the sample service was built (examples/orders/target/service)
              --keep DIR       for everything that runs (target/guarded-campaign)
              --results FILE   what was found so far, as JSON (results.json in DIR)
            """;

    private final CampaignOptions options;
    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final List<Trial> done = new ArrayList<>();
    private final int planned;

    private GuardedCampaign(CampaignOptions options) {
        this.options = options;
        List<Fault> all = new ArrayList<>();
        for (Fault each : options.faults()) all.addAll(Collections.nCopies(options.repeats(), each));
        Collections.shuffle(all, new Random(options.seed()));
        faults.addAll(all);
        planned = all.size();
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        CampaignOptions options;
        try {
            options = CampaignOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
            return;
        }
        System.exit(new GuardedCampaign(options).run() ? 0 : 1);
    }

    private static void say(String line) {
        System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
        System.out.flush();
    }

    private boolean run() throws Exception {
        say(options.toString());
        Files.createDirectories(options.keep());
        List<OrdersFleet> fleets = new ArrayList<>();
        try (ServerCluster cluster = ServerCluster.prepare(options.nodes(), options.keep());
                LoadAverages machine = new LoadAverages()) {
            // Also on Ctrl-C: nothing is left behind.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAll(fleets, cluster)));
            cluster.start();
            CentreCalls centre = new CentreCalls("http://" + cluster.endpoints().get(0), cluster.token());
            for (int i = 1; i <= options.fleets(); i++) {
                OrdersFleet fleet = new OrdersFleet("orders-" + i);
                centre.put(fleet.application(), Fault.NONE.text(0));
                fleets.add(fleet);
            }
            OrdersProcess.Place place = new OrdersProcess.Place(
                    options.service(),
                    options.keep(),
                    String.join(",", cluster.endpoints()),
                    cluster.token(),
                    options.heapMegabytes());
            startInstances(fleets, place);
            Path log = options.keep().resolve("load.log");
            try (DeliveryLoadProcess load = DeliveryLoadProcess.start(fleets, options.rate(), options.seed(), log)) {
                Thread.sleep(1_000L * options.warmSeconds());
                Trials trials = new Trials(centre, load, options.stage(), Trials.GUARDS);
                releaseAll(fleets, trials, machine);
            }
            CampaignReport report = new CampaignReport(options, done, machine.seen());
            System.out.println(report.table());
            say("results: " + options.results());
            return report.isRight();
        } finally {
            fleets.forEach(OrdersFleet::close);
        }
    }

    private static void closeAll(List<OrdersFleet> fleets, ServerCluster cluster) {
        fleets.forEach(OrdersFleet::close);
        cluster.close();
    }

    /** One instance of each fleet after another, at most two at a time: a start takes a whole processor. */
    private void startInstances(List<OrdersFleet> fleets, OrdersProcess.Place place) throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> started = new ArrayList<>();
            for (OrdersFleet each : fleets)
                started.add(starters.submit(() -> {
                    for (int i = 0; i < options.instances(); i++) each.add(place);
                    return null;
                }));
            for (Future<?> each : started) each.get();
        } finally {
            starters.shutdownNow();
        }
        say(fleets.size() + " fleets of " + options.instances() + " instances serve");
    }

    private void releaseAll(List<OrdersFleet> fleets, Trials trials, LoadAverages machine) throws Exception {
        ExecutorService people = Executors.newFixedThreadPool(fleets.size());
        try {
            List<Future<?>> working = new ArrayList<>();
            for (OrdersFleet each : fleets)
                working.add(people.submit(() -> {
                    release(each, trials, machine);
                    return null;
                }));
            for (Future<?> each : working) each.get();
        } finally {
            people.shutdownNow();
        }
    }

    private void release(OrdersFleet fleet, Trials trials, LoadAverages machine)
            throws IOException, InterruptedException {
        for (Fault fault = faults.poll(); fault != null; fault = faults.poll()) {
            Trial trial = trials.run(fleet, fault);
            synchronized (done) {
                done.add(trial);
                new CampaignReport(options, done, machine.seen()).write(options.results());
                say(done.size() + "/" + planned + " " + trial);
            }
            Thread.sleep(1_000L * options.restSeconds());
        }
    }
}
