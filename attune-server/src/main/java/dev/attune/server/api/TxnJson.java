package dev.attune.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A transaction as JSON: {@code {"compare": [{"key", "target", "relation", "expected"}], "then": [op], "else": [op]}}
 * with an operation {@code {"put": {"key", "value", "leaseId"}}}, {@code {"delete": {"key" | "prefix"}}},
 * {@code {"get": {"key" | "prefix", "limit", "revision"}}} or {@code {"txn": {…}}}. Every key and value may be given as
 * Base64 by appending {@code Base64} to its name. Unknown properties are refused.
 */
final class TxnJson {
    private static final int DEPTH_MAX = 4;

    private TxnJson() {}

    static Operation.Txn read(JsonNode json) {
        return txn(json, 1);
    }

    private static Operation.Txn txn(JsonNode json, int depth) {
        if (depth > DEPTH_MAX) throw bad("txn: nested deeper than " + DEPTH_MAX);
        only(json, "transaction", Set.of("compare", "then", "else"));
        List<Compare> compares = new ArrayList<>();
        for (JsonNode each : array(json, "compare")) compares.add(compare(each));
        return new Operation.Txn(compares, operations(json, "then", depth), operations(json, "else", depth));
    }

    private static List<Operation> operations(JsonNode json, String name, int depth) {
        List<Operation> all = new ArrayList<>();
        for (JsonNode each : array(json, name)) all.add(operation(each, depth));
        return all;
    }

    private static Operation operation(JsonNode json, int depth) {
        if (!json.isObject() || json.size() != 1) throw bad("operation: not one of put, delete, get, txn");
        String kind = json.fieldNames().next();
        JsonNode inner = json.get(kind);
        return switch (kind) {
            case "put" -> put(inner);
            case "delete" -> {
                only(inner, "delete", Set.of("key", "keyBase64", "prefix", "prefixBase64", "previous"));
                yield new Operation.Delete(keys(inner), flag(inner, "previous"));
            }
            case "get" -> {
                only(
                        inner,
                        "get",
                        Set.of("key", "keyBase64", "prefix", "prefixBase64", "limit", "revision", "keysOnly"));
                Operation.Range range = Operation.Range.of(keys(inner))
                        .withLimit(number(inner, "limit"))
                        .atRevision(number(inner, "revision"));
                yield flag(inner, "keysOnly") ? range.withView(Operation.View.KEYS_ONLY) : range;
            }
            case "txn" -> txn(inner, depth + 1);
            default -> throw bad("operation: not one of put, delete, get, txn");
        };
    }

    private static Operation put(JsonNode json) {
        only(
                json,
                "put",
                Set.of("key", "keyBase64", "value", "valueBase64", "leaseId", "previous", "keepValue", "keepLease"));
        boolean keepValue = flag(json, "keepValue");
        Bytes value = keepValue ? Bytes.EMPTY : bytes(json, "value");
        return new Operation.Put(
                bytes(json, "key"),
                value,
                id(json, "leaseId"),
                flag(json, "previous"),
                keepValue,
                flag(json, "keepLease"));
    }

    private static Compare compare(JsonNode json) {
        only(json, "compare", Set.of("key", "keyBase64", "target", "relation", "expected", "expectedBase64"));
        Compare.Target target =
                switch (text(json, "target", "modRevision")) {
                    case "version" -> Compare.Target.VERSION;
                    case "createRevision" -> Compare.Target.CREATE_REVISION;
                    case "modRevision" -> Compare.Target.MOD_REVISION;
                    case "value" -> Compare.Target.VALUE;
                    case "leaseId" -> Compare.Target.LEASE;
                    default -> throw bad("target: not one of version, createRevision, modRevision, value, leaseId");
                };
        Compare.Relation relation =
                switch (text(json, "relation", "=")) {
                    case "=" -> Compare.Relation.EQUAL;
                    case "!=" -> Compare.Relation.NOT_EQUAL;
                    case ">" -> Compare.Relation.GREATER;
                    case "<" -> Compare.Relation.LESS;
                    default -> throw bad("relation: not one of =, !=, >, <");
                };
        KeyRange key = KeyRange.key(bytes(json, "key"));
        return target == Compare.Target.VALUE
                ? new Compare(key, target, relation, 0, bytes(json, "expected"))
                : new Compare(key, target, relation, id(json, "expected"), Bytes.EMPTY);
    }

    private static KeyRange keys(JsonNode json) {
        if (json.has("prefix") || json.has("prefixBase64")) return KeyRange.prefix(bytes(json, "prefix"));
        return KeyRange.key(bytes(json, "key"));
    }

    static Bytes bytes(JsonNode json, String name) {
        JsonNode text = json.get(name);
        JsonNode encoded = json.get(name + "Base64");
        if (text != null && encoded == null && text.isTextual()) return Bytes.utf8(text.textValue());
        if (text == null && encoded != null && encoded.isTextual()) {
            try {
                return Bytes.wrap(Base64.getDecoder().decode(encoded.textValue()));
            } catch (IllegalArgumentException e) {
                throw bad(name + "Base64: not Base64");
            }
        }
        throw bad(name + ": missing (expected: text, or Base64 in " + name + "Base64)");
    }

    private static String text(JsonNode json, String name, String otherwise) {
        JsonNode value = json.get(name);
        if (value == null) return otherwise;
        if (!value.isTextual()) throw bad(name + ": not a text");
        return value.textValue();
    }

    private static boolean flag(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) return false;
        if (!value.isBoolean()) throw bad(name + ": not true or false");
        return value.booleanValue();
    }

    private static long number(JsonNode json, String name) {
        long value = id(json, name);
        if (value < 0) throw bad(name + ": negative (expected: 0 or more)");
        return value;
    }

    /** Also takes a text, because JavaScript cannot carry every 64-bit number. */
    private static long id(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) return 0;
        if (value.isIntegralNumber() && value.canConvertToLong()) return value.longValue();
        try {
            if (value.isTextual()) return Long.parseLong(value.textValue());
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw bad(name + ": not a whole 64-bit number");
    }

    private static JsonNode array(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        if (!value.isArray()) throw bad(name + ": not an array");
        return value;
    }

    private static void only(JsonNode json, String what, Set<String> names) {
        if (!json.isObject()) throw bad(what + ": not an object");
        for (Iterator<String> each = json.fieldNames(); each.hasNext(); )
            if (!names.contains(each.next())) throw bad(what + ": an unknown property");
    }

    private static AttuneException bad(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
