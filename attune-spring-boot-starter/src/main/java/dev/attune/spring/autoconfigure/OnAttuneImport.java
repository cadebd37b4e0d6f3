package dev.attune.spring.autoconfigure;

import dev.attune.spring.source.AttuneConnection;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the application imports something from the centre. */
final class OnAttuneImport implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return context.getEnvironment() instanceof ConfigurableEnvironment environment
                && AttuneConnection.of(environment) != null;
    }
}
