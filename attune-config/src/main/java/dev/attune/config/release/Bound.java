package dev.attune.config.release;

import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a transaction on a file holds besides the file itself.
 *
 * @param bindings what the references of the text stand for
 * @param compares that what the bindings came from is still current
 * @param operations what is written together with it, such as the audit record
 */
public record Bound(Map<String, String> bindings, List<Compare> compares, List<Operation> operations) {
    /** Nothing besides. */
    public static final Bound NOTHING = new Bound(Map.of(), List.of(), List.of());

    public Bound {
        bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings));
        compares = List.copyOf(compares);
        operations = List.copyOf(operations);
    }

    /** With one more operation. */
    public Bound with(Operation operation) {
        List<Operation> more = new java.util.ArrayList<>(operations);
        more.add(operation);
        return new Bound(bindings, compares, more);
    }
}
