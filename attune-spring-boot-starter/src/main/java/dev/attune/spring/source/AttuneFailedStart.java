package dev.attune.spring.source;

import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** Closes the connection of an application that did not start, whose context may not know of it yet. */
final class AttuneFailedStart implements ApplicationListener<ApplicationFailedEvent> {
    /** Made by Spring Boot. */
    AttuneFailedStart() {}

    @Override
    public void onApplicationEvent(ApplicationFailedEvent event) {
        ConfigurableApplicationContext context = event.getApplicationContext();
        if (context == null) return;
        AttuneConnection.allOf(context.getEnvironment()).forEach(AttuneConnection::close);
    }
}
