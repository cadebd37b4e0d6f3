package dev.attune.rollout.record;

import dev.attune.model.config.Names;
import java.util.Comparator;

/** An instance of an environment. */
public record InstanceRef(String application, String id) implements Comparable<InstanceRef> {
    private static final Comparator<InstanceRef> ORDER =
            Comparator.comparing(InstanceRef::application).thenComparing(InstanceRef::id);

    public InstanceRef {
        Names.require("application", application);
        Names.require("instance", id);
    }

    @Override
    public int compareTo(InstanceRef other) {
        return ORDER.compare(this, other);
    }

    /** {@code application/id}, for messages. */
    @Override
    public String toString() {
        return application + "/" + id;
    }
}
