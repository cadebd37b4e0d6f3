package dev.attune.spring.actuate;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/attune}: the releases in force, what was rejected and why, and where each key comes from. */
@Endpoint(id = "attune")
public final class AttuneEndpoint {
    private final AttuneStatus status;

    public AttuneEndpoint(AttuneStatus status) {
        this.status = status;
    }

    /** Everything but values. */
    @ReadOperation
    public Map<String, Object> status() {
        return status.details();
    }
}
