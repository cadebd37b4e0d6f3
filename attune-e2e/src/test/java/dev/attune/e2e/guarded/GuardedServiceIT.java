package dev.attune.e2e.guarded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.e2e.cluster.ServerCluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five JVMs of the sample service under requests of a process of its own, and a node: what a bad release does to the first
 * two takes it back. By the guards that need no five minutes of history; {@link GuardedCampaign} has latency, too, and counts.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GuardedServiceIT {
    private static final String GUARDS =
            """
            guards:
              - {name: errors, counts: ['http_server_requests_seconds{uri="/delivery", outcome="SERVER_ERROR"}', 'http_server_requests_seconds{uri="/delivery"}'], margin: 50%, critical: true}
              - {name: new-errors, newErrorTemplate: true}
            """;
    private static final int INSTANCES = 5;
    private static final double RATE = 20;
    private static final long SEED = 20261123;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @DisplayName(
            "R10: a release of which 2 % of requests fail, and one with a new error, twice, go back by themselves; a harmless one stays")
    void badReleases_goBackByThemselves_andAHarmlessOneStays() throws Exception {
        try (ServerCluster cluster = ServerCluster.prepare(1, directory);
                OrdersFleet fleet = new OrdersFleet("orders")) {
            cluster.start();
            CentreCalls centre = new CentreCalls("http://" + cluster.endpoints().get(0), cluster.token());
            centre.put(fleet.application(), Fault.NONE.text(0));
            OrdersProcess.Place place = new OrdersProcess.Place(
                    OrdersProcess.BUILT, directory, cluster.endpoints().get(0), cluster.token(), 96);
            for (int i = 0; i < INSTANCES; i++) fleet.add(place);
            try (DeliveryLoadProcess load =
                    DeliveryLoadProcess.start(List.of(fleet), RATE, SEED, directory.resolve("load.log"))) {
                Trials trials = new Trials(centre, load, new Stage(2, 60), GUARDS);

                Trial failing = trials.run(fleet, Fault.FAILING);
                assertThat(failing.end()).as("%s", failing).isEqualTo("ROLLED_BACK");
                assertThat(failing.guard()).as("%s", failing).isEqualTo("errors");
                Trial harmless = trials.run(fleet, Fault.NONE);
                assertThat(harmless.end()).as("%s", harmless).isEqualTo("COMMITTED");
                for (int i = 0; i < 2; i++) {
                    Trial broken = trials.run(fleet, Fault.NEW_ERROR);
                    assertThat(broken.end()).as("%s", broken).isEqualTo("ROLLED_BACK");
                    assertThat(broken.guard()).as("%s", broken).isEqualTo("new-errors");
                }
                assertThat(load.counts(fleet.application()).answered()).isPositive();
            }
        }
    }
}
