package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.Bytes;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.http.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Keys, events and results as JSON. Bytes that are UTF-8 appear as text under their name, others, and all when asked
 * for, in Base64 under their name with {@code Base64} appended.
 */
final class KvJson {
    private KvJson() {}

    static ObjectNode keyValue(KeyValue kv, boolean base64) {
        ObjectNode json = Json.object();
        putBytes(json, "key", kv.key(), base64);
        if (!kv.isDeleted()) putBytes(json, "value", kv.value(), base64);
        json.put("createRevision", kv.createRevision());
        json.put("modRevision", kv.modRevision());
        json.put("version", kv.version());
        json.put("leaseId", Long.toString(kv.leaseId()));
        return json;
    }

    static ObjectNode range(OperationResult.Range range, boolean base64) {
        ObjectNode json = Json.object();
        addAll(json.putArray("keys"), range.keyValues(), base64);
        json.put("more", range.more());
        json.put("count", range.count());
        return json;
    }

    static ObjectNode event(Event event, boolean base64) {
        ObjectNode json = Json.object();
        json.put("type", event.isDelete() ? "delete" : "put");
        json.setAll(keyValue(event.keyValue(), base64));
        KeyValue previous = event.previous();
        if (previous != null) json.set("previous", keyValue(previous, base64));
        return json;
    }

    static ObjectNode result(OperationResult result, boolean base64) {
        return result.match(new OperationResult.Cases<ObjectNode>() {
            @Override
            public ObjectNode range(OperationResult.Range r) {
                return wrap("get", KvJson.range(r, base64));
            }

            @Override
            public ObjectNode put(OperationResult.Put p) {
                ObjectNode json = Json.object();
                KeyValue previous = p.previous();
                if (previous != null) json.set("previous", keyValue(previous, base64));
                return wrap("put", json);
            }

            @Override
            public ObjectNode delete(OperationResult.Delete d) {
                ObjectNode json = Json.object().put("deleted", d.deleted());
                if (!d.previous().isEmpty()) addAll(json.putArray("previous"), d.previous(), base64);
                return wrap("delete", json);
            }

            @Override
            public ObjectNode txn(OperationResult.Txn t) {
                return wrap("txn", KvJson.txn(t, base64));
            }
        });
    }

    static ObjectNode txn(OperationResult.Txn txn, boolean base64) {
        ObjectNode json = Json.object().put("succeeded", txn.succeeded());
        ArrayNode results = json.putArray("results");
        txn.results().forEach(each -> results.add(result(each, base64)));
        return json;
    }

    static void putBytes(ObjectNode json, String name, Bytes bytes, boolean base64) {
        if (!base64) {
            try {
                json.put(
                        name,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes.unsafeArray()))
                                .toString());
                return;
            } catch (CharacterCodingException e) {
                // Not text: falls through to Base64, which loses nothing.
            }
        }
        json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.unsafeArray()));
    }

    private static ObjectNode wrap(String name, ObjectNode inner) {
        ObjectNode json = Json.object();
        json.set(name, inner);
        return json;
    }

    private static void addAll(ArrayNode array, List<KeyValue> all, boolean base64) {
        all.forEach(each -> array.add(keyValue(each, base64)));
    }
}
