package dev.attune.spring.cloud;

import dev.attune.spring.source.AttuneConnection;
import dev.attune.spring.source.AttunePropertySource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Undoes what Spring Cloud's refresh does to imports: it reads them a second time, over a connection that nothing
 * follows and nobody closes. The property sources go back to the application's own connection, which is current anyway.
 */
public final class OneConnection implements ApplicationListener<EnvironmentChangeEvent>, Ordered {
    private final AttuneConnection own;
    private final ConfigurableEnvironment environment;

    public OneConnection(AttuneConnection own, ConfigurableEnvironment environment) {
        this.own = own;
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
        List<AttunePropertySource> foreign = new ArrayList<>();
        for (PropertySource<?> each : environment.getPropertySources())
            if (each instanceof AttunePropertySource source && source.getSource() != own) foreign.add(source);
        for (AttunePropertySource each : foreign) {
            environment.getPropertySources().replace(each.getName(), each.over(own));
            each.getSource().close();
        }
    }
}
