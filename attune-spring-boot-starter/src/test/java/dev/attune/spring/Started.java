package dev.attune.spring;

import dev.attune.testkit.TestCentre;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts small applications against a centre. */
final class Started {
    static final String ENVIRONMENT = "test";

    private Started() {}

    /** Starts the classes as application {@code name} of the centre, with further properties. */
    static ConfigurableApplicationContext app(TestCentre centre, String name, Class<?> source, String... properties) {
        List<String> all =
                new ArrayList<>(List.of("attune.endpoints=" + centre.endpoint(), "attune.token=" + centre.token()));
        all.addAll(Arrays.asList(properties));
        return app(name, source, all.toArray(new String[0]));
    }

    /** The same against whatever the properties name. */
    static ConfigurableApplicationContext app(String name, Class<?> source, String... properties) {
        Map<String, String> all = new TreeMap<>(Map.of(
                "spring.application.name",
                name,
                "spring.config.import",
                "attune:",
                "attune.environment",
                ENVIRONMENT,
                "attune.start.local-copies",
                "false",
                "attune.start.timeout",
                "10s"));
        for (String each : properties) {
            int equals = each.indexOf('=');
            all.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return new SpringApplicationBuilder(source)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .run(all.entrySet().stream()
                        .map(each -> "--" + each.getKey() + "=" + each.getValue())
                        .toArray(String[]::new));
    }

    static String copiesIn(Path directory) {
        return "attune.start.directory=" + directory;
    }

    /** Waits for something that becomes true. */
    static void until(BooleanSupplier fact) throws InterruptedException {
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() > last) throw new AssertionError("waited too long");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
