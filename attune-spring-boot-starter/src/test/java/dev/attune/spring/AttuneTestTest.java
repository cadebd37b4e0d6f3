package dev.attune.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.TestCentre;
import dev.attune.testkit.spring.AttuneFile;
import dev.attune.testkit.spring.AttuneTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** A user's test of a Spring Boot application with a centre of its own. */
@Timeout(120)
@SpringBootTest(
        classes = AttuneTestTest.Application.class,
        properties = {"spring.config.import=attune:", "spring.application.name=slice"})
@AttuneTest(files = @AttuneFile(application = "slice", name = "application.yaml", text = "greeting: hello\n"))
class AttuneTestTest {
    @Configuration
    @EnableAutoConfiguration
    static class Application {}

    @Autowired
    private Environment environment;

    @Value("${greeting}")
    private volatile String greeting = "";

    @Test
    void application_readsTheFilesOfTheTest_andFollowsWhatTheTestReleases(TestCentre centre) throws Exception {
        assertThat(greeting).isEqualTo("hello");
        centre.put("test", "slice", "application.yaml", "greeting: hi\n");
        Started.until(() -> "hi".equals(environment.getProperty("greeting")));
        Started.until(() -> "hi".equals(greeting));
    }
}
