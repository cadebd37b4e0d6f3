package dev.attune.rollout.record;

import dev.attune.model.Bytes;
import dev.attune.model.config.Digests;

/**
 * The order in which the targets of a rollout are taken into cohorts: by a hash of rollout and instance, so that every
 * rollout starts with other instances and nobody has to store the order.
 */
public final class Places {
    private Places() {}

    /** Where an instance stands among the targets: 0 or more, the smallest first. */
    public static long of(String environment, long rollout, InstanceRef instance) {
        String text = environment + "\n" + rollout + "\n" + instance.application() + "\n" + instance.id();
        return Long.parseUnsignedLong(Digests.sha256(Bytes.utf8(text)).substring(0, 16), 16) >>> 1;
    }
}
