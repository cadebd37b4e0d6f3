package dev.attune.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.config.Config;
import dev.attune.spring.live.Live;
import dev.attune.spring.sliced.Costly;
import dev.attune.spring.sliced.SlicedApplication;
import dev.attune.spring.sliced.SlicedApplication.Pool;
import dev.attune.testkit.TestCentre;
import dev.attune.testkit.spring.AttuneConfigTest;
import dev.attune.testkit.spring.AttuneFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;

/** A user's test of nothing but how an application's configuration binds. */
@Timeout(120)
@AttuneConfigTest(
        classes = SlicedApplication.class,
        environment = "qa",
        properties = {"spring.config.import=attune:", "spring.application.name=sliced"},
        files = @AttuneFile(application = "sliced", name = "application.yaml", text = "pool:\n  size: 5\n"))
class AttuneConfigTestTest {
    @Autowired
    private ApplicationContext context;

    @Autowired
    private Live<Pool> pool;

    @Value("${pool.size}")
    private volatile int size;

    @Autowired
    private Config config;

    @Test
    void slice_bindsFollowsAndVetoes_withoutTheRestOfTheApplication(TestCentre centre) throws Exception {
        assertThat(pool.get().size()).isEqualTo(5);
        assertThat(size).isEqualTo(5);
        assertThat(context.getBeanNamesForType(Costly.class)).isEmpty();

        centre.put("qa", "sliced", "application.yaml", "pool:\n  size: 7\n");
        Started.until(() -> pool.get().size() == 7 && size == 7);

        centre.put("qa", "sliced", "application.yaml", "pool:\n  size: many\n");
        Started.until(() -> config.vetoed().isPresent());
        assertThat(pool.get().size()).isEqualTo(7);
    }
}
