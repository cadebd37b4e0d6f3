package dev.attune.server.signals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DeploymentsTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long WARM = NOW + 60_000;

    private final Deployments deployments = new Deployments(NOW);

    @Test
    void versionsHeardAtFirst_areNoDeployments() {
        deployments.heard("sdk", "i1", "1", NOW);
        deployments.heard("sdk", "i2", "2", NOW + 59_999);

        assertThat(deployments.since(0)).isEmpty();
    }

    @Test
    void instanceThatComesWithAnotherVersion_isOne_andOneMoreOfTheSameIsNot() {
        deployments.heard("sdk", "i1", "1", NOW);
        deployments.heard("sdk", "i2", "1", WARM);
        assertThat(deployments.since(0)).isEmpty();

        deployments.heard("sdk", "i1", "2", WARM + 1);
        assertThat(deployments.since(0)).contains("i1 went from version 1 to 2");
        assertThat(deployments.since(WARM + 2)).isEmpty();

        deployments.heard("sdk", "i3", "3", WARM + 2);
        deployments.heard("sdk", "i4", "3", WARM + 3);
        assertThat(deployments.since(WARM + 2)).contains("i3 came with version 3");
        assertThat(deployments.since(WARM + 3)).isEmpty();
    }

    @Test
    void whoNamesNoVersion_saysNothing() {
        deployments.heard("sdk", "i1", "1", NOW);
        deployments.heard("sdk", "i1", "", WARM);
        deployments.heard("sdk", "", "2", WARM);

        assertThat(deployments.since(0)).isEmpty();
    }

    @Test
    void oneInstanceByTwoWays_mayNameItsVersionTwice() {
        for (int i = 0; i < 3; i++) {
            deployments.heard("sdk", "i1", "1", WARM + i);
            deployments.heard("otlp", "i1", "1.0-SNAPSHOT", WARM + i);
        }

        assertThat(deployments.since(0)).isEmpty();
    }

    @Test
    void whatAPipelineTold_isOneAtOnce() {
        deployments.told("2.1", NOW);

        assertThat(deployments.since(NOW)).contains("version 2.1 is deployed");
    }
}
