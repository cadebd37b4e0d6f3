package dev.attune.client.kv;

import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.OperationResult;
import java.util.List;

/**
 * Keys that were read.
 *
 * @param revision the store's revision the read saw
 */
public record ReadResult(long revision, OperationResult.Range range) {
    public List<KeyValue> keyValues() {
        return range.keyValues();
    }
}
