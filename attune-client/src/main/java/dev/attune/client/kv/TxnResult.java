package dev.attune.client.kv;

import dev.attune.model.kv.OperationResult;
import java.util.List;

/**
 * A transaction was carried out.
 *
 * @param revision the store's revision after it
 * @param succeeded whether every compare was true
 */
public record TxnResult(long revision, boolean succeeded, List<OperationResult> results) {
    public TxnResult {
        results = List.copyOf(results);
    }
}
