package dev.attune.server.signals;

import dev.attune.model.config.Names;
import java.util.Comparator;

/** Whose signals are kept together: an application in an environment. */
public record SignalScope(String environment, String application) implements Comparable<SignalScope> {
    private static final Comparator<SignalScope> ORDER =
            Comparator.comparing(SignalScope::environment).thenComparing(SignalScope::application);

    public SignalScope {
        Names.require("environment", environment);
        Names.require("application", application);
    }

    @Override
    public int compareTo(SignalScope other) {
        return ORDER.compare(this, other);
    }

    /** {@code environment/application}. */
    @Override
    public String toString() {
        return environment + "/" + application;
    }
}
