package dev.attune.server.signals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.template.LogSignals.Mined;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CanaryErrorsTest {
    private static final long NOW = 1_700_000_000_000L;

    private final CanaryErrors errors = new CanaryErrors();

    @Test
    void errorOfCanariesOnly_staysSo_alsoByItsLateLines_untilSomebodyElseHasIt() {
        errors.add(new Mined("t", true), "i1", true, NOW);
        errors.add(new Mined("t", false), "i1", false, NOW + 59_000);
        assertThat(errors.has("t")).isTrue();
        assertThat(errors.mayBeLate("i1", NOW + 59_999)).isTrue();
        assertThat(errors.mayBeLate("i1", NOW + 60_000)).isFalse();
        assertThat(errors.mayBeLate("i2", NOW)).isFalse();

        errors.add(new Mined("t", false), "i2", false, NOW + 60_000);
        assertThat(errors.has("t")).isFalse();
    }

    @Test
    void errorThatAnInstanceGoesOnToHave_isUsualOnceItIsNoCanary() {
        errors.add(new Mined("t", true), "i1", true, NOW);
        errors.add(new Mined("t", false), "i1", false, NOW + 60_000);
        assertThat(errors.has("t")).isFalse();
    }

    @Test
    void errorOfCanariesBeforeTheComparisonWasSeen_isTheirs_andAnothersIsNot() {
        errors.add(new Mined("old", true), "i1", false, NOW - 1);
        errors.add(new Mined("theirs", true), "i1", false, NOW);
        errors.add(new Mined("both", true), "i1", false, NOW);
        errors.add(new Mined("both", false), "i3", false, NOW);
        errors.begin(Set.of("i1", "i2"), NOW, List.of("theirs", "both", "old"));

        assertThat(errors.has("theirs")).isTrue();
        assertThat(errors.has("both")).isFalse();
        assertThat(errors.has("old")).isFalse();
        assertThat(errors.has("never came")).isFalse();
    }

    @Test
    void errorThatWasTakenBack_staysOfCanariesOnly_whoeverIsOneNext() {
        errors.add(new Mined("t", true), "i1", true, NOW);
        errors.end(Set.of("i1", "i2"), NOW);
        // Told after the end by one that had not told it before.
        errors.add(new Mined("t", false), "i2", false, NOW + 59_000);
        // The next release of it: told before the comparison was seen.
        errors.add(new Mined("t", false), "i3", false, NOW + 200_000);
        errors.begin(Set.of("i3"), NOW + 200_000, List.of("t"));

        assertThat(errors.has("t")).isTrue();
    }
}
