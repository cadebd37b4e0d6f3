package dev.attune.model.kv;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key.
 *
 * @param keyValue the key after a put; key and revision only after a delete
 * @param previous the key before the change; null when it did not exist, was compacted away or was not asked for
 */
public record Event(KeyValue keyValue, @Nullable KeyValue previous) {
    public boolean isDelete() {
        return keyValue.isDeleted();
    }

    public long revision() {
        return keyValue.modRevision();
    }
}
