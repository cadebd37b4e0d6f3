package dev.attune.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.config.Config;
import dev.attune.client.config.Property;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(AttuneExtension.class)
final class AttuneExtensionTest {
    @Test
    void program_followsTheCentreOfItsTest(TestCentre centre) throws Exception {
        centre.put("test", "orders", "app.yaml", "size: 1\n");
        try (Config config = centre.config("i1", "test", "orders")) {
            Property<Integer> size = config.property("size", Integer.class);
            CountDownLatch changed = new CountDownLatch(1);
            config.onChange(change -> changed.countDown());
            assertThat(size.get()).isEqualTo(1);

            centre.put("test", "orders", "app.yaml", "size: 2\n");

            assertThat(changed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(size.get()).isEqualTo(2);
        }
    }

    @Test
    void secondCentreInOneProcess_isOneOfItsOwn(TestCentre centre) throws Exception {
        try (TestCentre second = TestCentre.start()) {
            second.put("test", "orders", "second.yaml", "a: 1\n");
            try (Config config = second.config("i2", "test", "orders")) {
                assertThat(config.snapshot().files()).containsOnlyKeys("second.yaml");
            }
            assertThat(second.endpoint()).isNotEqualTo(centre.endpoint());
        }
    }

    @Test
    void testsOfOneClass_shareOneCentre(TestCentre one, TestCentre same) {
        assertThat(one).isSameAs(same);
        assertThat(one.token()).isNotEmpty();
    }
}
