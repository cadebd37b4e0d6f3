package dev.attune.testkit.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Keeps the context of an {@link AttuneTest} apart from contexts of other classes that look the same, and that of an
 * {@link AttuneConfigTest} small.
 */
final class AttuneContexts implements ContextCustomizerFactory {
    /** Made by Spring. */
    AttuneContexts() {}

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> test, List<ContextConfigurationAttributes> configuration) {
        if (AnnotatedElementUtils.hasAnnotation(test, AttuneConfigTest.class)) return new Slice(test);
        return AnnotatedElementUtils.hasAnnotation(test, AttuneTest.class) ? new Apart(test) : null;
    }

    /** A part of the key by which contexts are shared. */
    private record Apart(Class<?> test) implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            // Nothing to change: being different is all.
        }
    }

    /** The same, and the application's beans stay away but for properties. */
    private record Slice(Class<?> test) implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            TestPropertyValues.of(EnableAutoConfiguration.ENABLED_OVERRIDE_PROPERTY + "=false")
                    .applyTo(context);
            context.getBeanFactory().registerSingleton(PropertiesOnly.class.getName(), new PropertiesOnly());
        }
    }
}
