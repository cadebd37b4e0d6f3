package dev.attune.spring;

import static dev.attune.spring.Started.app;
import static dev.attune.spring.Started.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import dev.attune.client.config.Config;
import dev.attune.spring.actuate.AttuneEndpoint;
import dev.attune.spring.actuate.AttuneMetrics;
import dev.attune.spring.source.AttuneConnection;
import dev.attune.testkit.TestCentre;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see of a running application, and beans of Spring Cloud's refresh scope. */
@Timeout(120)
class StatusTest {
    /** Made anew by Spring Cloud. */
    static class Greeter {
        private final String greeting;

        Greeter(String greeting) {
            this.greeting = greeting;
        }

        String greet() {
            return greeting;
        }
    }

    @Configuration
    @EnableAutoConfiguration
    static class Application {
        @Value("${size:1}")
        private volatile int size;

        int size() {
            return size;
        }

        @Bean
        @RefreshScope
        Greeter greeter(@Value("${greeting}") String greeting) {
            return new Greeter(greeting);
        }
    }

    @Test
    void endpointHealthAndMetrics_tellReleasesRejectionsAndSources_butNoValues() throws Exception {
        TestCentre centre = TestCentre.start();
        centre.put("test", "status", "application.yaml", "greeting: hello\nsize: 1\nover: centre\n");
        try (ConfigurableApplicationContext context = app(
                centre,
                "status",
                Application.class,
                "management.endpoints.web.exposure.include=attune",
                "over=command-line")) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(AttuneMetrics.class).bindTo(registry);
            Greeter greeter = context.getBean(Greeter.class);
            assertThat(greeter.greet()).isEqualTo("hello");

            centre.put("test", "status", "application.yaml", "greeting: hi\nsize: 2\nover: centre\n");
            until(() -> greeter.greet().equals("hi"));
            centre.put("test", "status", "application.yaml", "greeting: hey\nsize: none\nover: centre\n");
            until(() -> context.getBean(Config.class).vetoedCount() == 1);

            Map<String, Object> details = context.getBean(AttuneEndpoint.class).status();
            assertThat(details.toString())
                    .contains("application.yaml={")
                    .contains("release=2")
                    .contains("greeting=attune test/status/default/application.yaml release 2")
                    .contains("reason=@Value of ")
                    .contains("releases={application.yaml=3}")
                    .doesNotContain("command-line");
            assertThat(details.toString()).containsPattern("over=[^,]*commandLineArgs");
            assertThat(context.getBean(Application.class).size()).isEqualTo(2);
            assertThat(health(context)).contains("UP").contains("rejectedNow");
            assertThat(registry.get("attune.release")
                            .tag("file", "application.yaml")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            assertThat(registry.get("attune.updates.rejected").functionCounter().count())
                    .isEqualTo(1);
            assertThat(registry.get("attune.connected").gauge().value()).isEqualTo(1);
            assertThat(registry.get("attune.stale").gauge().value()).isZero();

            centre.close();
            until(() -> health(context).contains("UNKNOWN"));
            assertThat(health(context)).contains("staleSince");
            assertThat(registry.get("attune.stale").gauge().value()).isPositive();
            assertThat(greeter.greet()).isEqualTo("hi");
        }
    }

    /** By which the centre notices that the application itself is deployed. */
    @Test
    void applicationsVersion_isALabelOfTheInstance() throws Exception {
        try (TestCentre centre = TestCentre.start()) {
            centre.put("test", "versioned", "application.yaml", "greeting: hello\n");
            try (ConfigurableApplicationContext context =
                    app(centre, "versioned", Application.class, "spring.application.version=2.1")) {
                assertThat(context.isRunning()).isTrue();
                HttpRequest asked = HttpRequest.newBuilder(URI.create(
                                "http://" + centre.endpoint() + "/api/v1/envs/test/apps/versioned/instances"))
                        .header("Authorization", "Bearer " + centre.token())
                        .build();
                HttpClient http = HttpClient.newHttpClient();
                until(() -> http.sendAsync(asked, HttpResponse.BodyHandlers.ofString())
                        .join()
                        .body()
                        .contains("\"service.version\":\"2.1\""));
            }
        }
    }

    @Test
    void linesOfTheLog_areToldWhileTheApplicationRuns_unlessSwitchedOff() throws Exception {
        try (TestCentre centre = TestCentre.start()) {
            centre.put("test", "logs", "application.yaml", "greeting: hello\n");
            try (ConfigurableApplicationContext context = app(centre, "logs", Application.class)) {
                assertThat(context.isRunning()).isTrue();
                assertThat(root().getAppender("attune-signals")).isNotNull();
            }
            assertThat(root().getAppender("attune-signals")).isNull();
            try (ConfigurableApplicationContext context =
                    app(centre, "logs", Application.class, "attune.signals.log-level=off")) {
                assertThat(context.isRunning()).isTrue();
                assertThat(root().getAppender("attune-signals")).isNull();
            }
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void refreshOfSpringCloud_doesNotCutTheApplicationOffFromReleases() throws Exception {
        try (TestCentre centre = TestCentre.start()) {
            centre.put("test", "refresh", "application.yaml", "greeting: hello\n");
            try (ConfigurableApplicationContext context = app(centre, "refresh", Application.class)) {
                context.getBean(ContextRefresher.class).refresh();
                assertThat(AttuneConnection.allOf(context.getEnvironment()))
                        .containsExactly(context.getBean(AttuneConnection.class));
                centre.put("test", "refresh", "application.yaml", "greeting: hi\n");
                until(() -> "hi".equals(context.getEnvironment().getProperty("greeting")));
                until(() -> context.getBean(Greeter.class).greet().equals("hi"));
            }
        }
    }

    /** The types differ between the generations of Spring Boot. */
    private static String health(ConfigurableApplicationContext context) {
        Object indicator = context.getBean("attuneHealthIndicator");
        try {
            return indicator.getClass().getMethod("health").invoke(indicator).toString();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
