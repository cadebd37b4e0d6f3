package dev.attune.testkit.spring;

import dev.attune.testkit.AttuneExtension;
import dev.attune.testkit.TestCentre;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Starts the centre of an {@link AttuneTest} and points the application to it. */
final class AttuneTestExtension implements BeforeAllCallback, AfterAllCallback {
    private final Map<String, @Nullable String> before = new HashMap<>();

    /** Made by JUnit. */
    AttuneTestExtension() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        // Spring's search, since a slice hands its own values on by aliases.
        AttuneTest test = Objects.requireNonNull(
                AnnotatedElementUtils.findMergedAnnotation(context.getRequiredTestClass(), AttuneTest.class));
        TestCentre centre = new AttuneExtension().centre(context);
        for (AttuneFile each : test.files())
            centre.put(test.environment(), each.application(), each.name(), each.text());
        set("attune.endpoints", centre.endpoint());
        set("attune.token", centre.token());
        set("attune.environment", test.environment());
        set("attune.start.local-copies", "false");
    }

    private void set(String name, String value) {
        before.put(name, System.setProperty(name, value));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        before.forEach((name, value) -> {
            if (value == null) System.clearProperty(name);
            else System.setProperty(name, value);
        });
    }
}
