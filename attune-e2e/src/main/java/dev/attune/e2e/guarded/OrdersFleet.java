package dev.attune.e2e.guarded;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Instances of the sample service that are one application of environment {@link #ENVIRONMENT}. One thread at a time. */
public final class OrdersFleet implements AutoCloseable {
    /** Where they take their configuration from. */
    public static final String ENVIRONMENT = "guarded";

    private final String application;
    private final List<OrdersProcess> instances = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    public OrdersFleet(String application) {
        this.application = application;
    }

    public String application() {
        return application;
    }

    /** Starts one more instance and waits until it serves. */
    public void add(OrdersProcess.Place place) throws IOException, InterruptedException {
        OrdersProcess instance = OrdersProcess.start(
                place,
                application + "-" + (instances.size() + 1),
                List.of(
                        "--spring.application.name=" + application,
                        "--attune.environment=" + ENVIRONMENT,
                        "--server.tomcat.threads.max=20",
                        "--server.tomcat.threads.min-spare=2"));
        instances.add(instance);
        ports.add(instance.awaitPort());
    }

    /** Where they serve. */
    public List<Integer> ports() {
        return List.copyOf(ports);
    }

    /** Since when every instance has this release, in milliseconds since 1970; nothing while one has not. */
    OptionalLong allSince(long release) throws IOException {
        long last = 0;
        for (OrdersProcess each : instances) {
            OptionalLong since = each.inForceSince(release);
            if (since.isEmpty()) return OptionalLong.empty();
            last = Math.max(last, since.getAsLong());
        }
        return OptionalLong.of(last);
    }

    /** Fails when an instance has ended. */
    void requireAlive() throws IOException {
        for (OrdersProcess each : instances)
            if (!each.isAlive()) throw new IOException("an instance of " + application + " has ended");
    }

    @Override
    public void close() {
        instances.forEach(OrdersProcess::close);
    }
}
