package dev.attune.spring.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while the centre is followed; unknown, which does not take the application out of service, while it is away: the
 * application goes on with what it has. For Spring Boot 4.
 */
public final class Boot4Health extends AbstractHealthIndicator {
    private final AttuneStatus status;

    public Boot4Health(AttuneStatus status) {
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
