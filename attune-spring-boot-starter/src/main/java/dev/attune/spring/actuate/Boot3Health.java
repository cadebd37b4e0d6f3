package dev.attune.spring.actuate;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * Up while the centre is followed; unknown, which does not take the application out of service, while it is away: the
 * application goes on with what it has. For Spring Boot 3.
 */
public final class Boot3Health extends AbstractHealthIndicator {
    private final AttuneStatus status;

    public Boot3Health(AttuneStatus status) {
        super("the state of the connection to the centre cannot be read");
        this.status = status;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        if (status.isCurrent()) builder.up();
        else builder.unknown();
        builder.withDetails(status.summary());
    }
}
