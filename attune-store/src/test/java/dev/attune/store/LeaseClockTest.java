package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class LeaseClockTest {
    private static final long MILLI = 1_000_000;
    private static final long ID = 7;

    private final List<Lease> leases = new ArrayList<>();
    private long now = 5 * MILLI;
    private final LeaseClock clock = new LeaseClock(() -> now, () -> leases);

    @BeforeEach
    void grant() {
        leases.add(new Lease(ID, 100, Set.of()));
    }

    @Test
    void nothingExpires_beforeTheClaimIsInTheState() {
        clock.leadershipChanged(true, 3);
        assertThat(clock.unclaimed()).isEqualTo(OptionalLong.of(3));
        pass(1_000);
        assertThat(clock.expired()).isEmpty();
        assertThatThrownBy(() -> clock.keepAlive(ID))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        clock.claimed(2);
        assertThat(clock.unclaimed()).isPresent();
        clock.claimed(3);
        assertThat(clock.unclaimed()).isEmpty();
        pass(99);
        assertThat(clock.expired()).isEmpty();
        pass(1);
        assertThat(clock.expired()).containsExactly(new Command.ExpireLease(ID, 3));
        assertThat(clock.expired()).isEmpty();
    }

    @Test
    void keepAlive_givesTheFullTimeAgain() {
        lead();
        pass(90);
        assertThat(clock.remainingMillis(ID)).isEqualTo(10);
        assertThat(clock.keepAlive(ID)).isEqualTo(100);
        pass(99);
        assertThat(clock.expired()).isEmpty();
        pass(1);
        assertThat(clock.expired()).hasSize(1);
        clock.again(ID);
        assertThat(clock.expired()).hasSize(1);
    }

    @Test
    @DisplayName("a lease that was granted again under an id that had just expired has its own time, and ends in it")
    void leaseGrantedAgain_endsInItsOwnTime() {
        lead();
        pass(100);
        assertThat(clock.expired()).hasSize(1);
        // Ended and granted anew before the clock looked again.
        clock.leasesChanged();
        clock.ended(ID);
        assertThat(clock.expired()).isEmpty();

        pass(99);
        assertThat(clock.expired()).isEmpty();
        pass(1);
        assertThat(clock.expired()).containsExactly(new Command.ExpireLease(ID, 3));
    }

    @Test
    void whoDoesNotLead_keepsNothing() {
        lead();
        clock.leadershipChanged(false, 3);
        pass(1_000);
        assertThat(clock.expired()).isEmpty();
        assertThatThrownBy(() -> clock.keepAlive(ID))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER));
    }

    @Test
    @DisplayName("nobody is told that a lease goes on while its end may be in the log already")
    void leaseWhoseEndIsUnderWay_isNotKeptAlive() {
        lead();
        pass(100);
        assertThat(clock.expired()).hasSize(1);
        assertThatThrownBy(() -> clock.keepAlive(ID))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        clock.again(ID);
        assertThat(clock.keepAlive(ID)).isEqualTo(100);
    }

    private void lead() {
        clock.leadershipChanged(true, 3);
        clock.claimed(3);
        assertThat(clock.expired()).isEmpty();
    }

    private void pass(long millis) {
        now += millis * MILLI;
    }
}
