package dev.attune.spring.live;

import dev.attune.spring.source.AttuneConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Moves the application's {@code @ConfigurationProperties} classes into the {@link LiveScope}, and offers
 * {@link Live} handles on them, also to an application that imports nothing. Beans of {@code org.springframework} and
 * those whose factory method is what carries the annotation stay as they are: making a connection pool anew is not
 * harmless.
 */
public final class LiveBeans implements BeanFactoryPostProcessor, PriorityOrdered {
    private final @Nullable AttuneConnection connection;
    private final LiveScope scope = new LiveScope();
    private final List<String> names = new ArrayList<>();

    /** @param connection null when the application imports nothing */
    public LiveBeans(@Nullable AttuneConnection connection) {
        this.connection = connection;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    LiveScope scope() {
        return scope;
    }

    /** The beans that follow, whether they exist yet or not. */
    List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        factory.registerScope(LiveScope.NAME, scope);
        for (String name : factory.getBeanDefinitionNames()) {
            BeanDefinition definition = factory.getBeanDefinition(name);
            Class<?> type = definition.isAbstract() ? null : factory.getType(name, false);
            if (type == null || !isOfTheApplication(type)) continue;
            if (follows(factory, name, definition, type)) {
                definition.setScope(LiveScope.NAME);
                names.add(name);
            }
            if (factory instanceof BeanDefinitionRegistry registry) offer(registry, factory, name, definition, type);
        }
    }

    private static boolean isOfTheApplication(Class<?> type) {
        return MergedAnnotations.from(type, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
                        .isPresent(ConfigurationProperties.class)
                && !type.getName().startsWith("org.springframework.")
                && !AnnotatedElementUtils.hasAnnotation(type, Configuration.class);
    }

    private boolean follows(
            ConfigurableListableBeanFactory factory, String name, BeanDefinition definition, Class<?> type) {
        if (connection == null || !connection.properties().live().properties()) return false;
        if (!definition.isSingleton() || factory.containsSingleton(name)) return false;
        ConfigurationProperties found = AnnotatedElementUtils.findMergedAnnotation(type, ConfigurationProperties.class);
        String prefix = found == null ? "" : found.prefix();
        for (String each : connection.properties().live().excluded())
            if (prefix.equals(each) || prefix.startsWith(each + ".")) return false;
        return true;
    }

    private void offer(
            BeanDefinitionRegistry registry,
            ConfigurableListableBeanFactory factory,
            String name,
            BeanDefinition definition,
            Class<?> type) {
        RootBeanDefinition handle = new RootBeanDefinition();
        handle.setTargetType(ResolvableType.forClassWithGenerics(Live.class, type));
        handle.setInstanceSupplier(() -> live(factory, name));
        handle.setPrimary(definition.isPrimary());
        handle.setLazyInit(true);
        registry.registerBeanDefinition(name + ".live", handle);
    }

    private Live<Object> live(ConfigurableListableBeanFactory factory, String name) {
        Object first = factory.getBean(name);
        return names.contains(name) ? () -> scope.current(name) : () -> first;
    }
}
