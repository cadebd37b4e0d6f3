package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.RequestIdHeader;
import dev.attune.server.keyspace.UserKeys;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Raw keys: get, put, delete, range, transaction, compaction. */
public final class KvRoutes implements Routes {
    private static final long RANGE_LIMIT_MAX = 10_000;

    private final Keyspace keyspace;

    public KvRoutes(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(ReadQuery.declare(Route.get("/api/v1/kv/{key*}", Permission.READ, "kvGet", this::get)
                .summary("One key: its bytes, or with 'Accept: application/json' its metadata too")
                .query("revision", "as of this revision; 0 for the newest")
                .query("base64", "JSON with the value in Base64")));
        table.add(Route.put("/api/v1/kv/{key*}", Permission.PUBLISH, "kvPut", this::put)
                .summary("Sets a key to the body's bytes")
                .query("lease", "attaches the key to this lease")
                .query("prevRevision", "only if the key was last changed at this revision; 0: only if absent"));
        table.add(Route.delete("/api/v1/kv/{key*}", Permission.PUBLISH, "kvDelete", this::delete)
                .summary("Removes a key")
                .query("prevRevision", "only if the key was last changed at this revision"));
        table.add(ReadQuery.declare(Route.get("/api/v1/kv", Permission.READ, "kvRange", this::range)
                .summary("The keys with a prefix, or from start to before end")
                .query("prefix", "every key that begins so; empty for all")
                .query("start", "first key, instead of prefix")
                .query("end", "key after the last; empty for no end")
                .query("limit", "at most so many; 1000 unless told, 10000 at the most")
                .query("revision", "as of this revision; 0 for the newest")
                .query("keysOnly", "without values")
                .query("countOnly", "only how many")
                .query("base64", "keys and values in Base64")));
        table.add(Route.delete("/api/v1/kv", Permission.PUBLISH, "kvDeletePrefix", this::deletePrefix)
                .summary("Removes every key with a prefix, at one revision")
                .query("prefix", "not empty"));
        table.add(Route.post("/api/v1/kv/txn", Permission.PUBLISH, "kvTxn", this::txn)
                .summary("Compares, then one of two lists of operations, all at one revision")
                .query("base64", "keys and values of the answer in Base64"));
        table.add(Route.post("/api/v1/kv/compact", Permission.ADMIN, "kvCompact", this::compact)
                .summary("Forgets history before a revision"));
    }

    private CompletableFuture<Reply> get(Request request) {
        Bytes key = UserKeys.key(request.pathBytes("key"));
        long revision = request.queryLong("revision", 0);
        boolean base64 = request.queryFlag("base64");
        boolean json = base64 || request.header("Accept").orElse("").contains("application/json");
        Operation.Range range = Operation.Range.of(KeyRange.key(key)).atRevision(revision);
        return keyspace.read(range, request.readLevel()).thenApply(done -> {
            List<KeyValue> found = rangeOf(done).keyValues();
            if (found.isEmpty()) throw new AttuneException(ErrorCode.NOT_FOUND, "The key does not exist.");
            KeyValue kv = found.get(0);
            Reply reply = json
                    ? Reply.json(200, KvJson.keyValue(kv, base64))
                    : Reply.bytes(200, "application/octet-stream", kv.value());
            return reply.revision(done.revision())
                    .header("ETag", "\"" + kv.modRevision() + "\"")
                    .header("Attune-Version", Long.toString(kv.version()));
        });
    }

    private CompletableFuture<Reply> put(Request request) {
        Bytes key = UserKeys.key(request.pathBytes("key"));
        Operation put = Operation.Put.of(key, request.body()).withLease(request.queryLong("lease", 0));
        return guarded(request, key, put).thenApply(done -> {
            ObjectNode json = Json.object().put("revision", done.revision());
            return Reply.json(200, json).revision(done.revision()).header("ETag", "\"" + done.revision() + "\"");
        });
    }

    private CompletableFuture<Reply> delete(Request request) {
        Bytes key = UserKeys.key(request.pathBytes("key"));
        return guarded(request, key, Operation.Delete.of(key)).thenApply(done -> deleted(done, deleteOf(done)));
    }

    private CompletableFuture<Reply> deletePrefix(Request request) {
        Bytes prefix = request.queryBytes("prefix").orElse(Bytes.EMPTY);
        UserKeys.key(prefix);
        Operation delete = new Operation.Delete(UserKeys.range(KeyRange.prefix(prefix)), false);
        return mutate(request, delete).thenApply(done -> deleted(done, deleteOf(done)));
    }

    /** The operation, done only if the key's last change is the one that the caller names. */
    private CompletableFuture<CommandResult> guarded(Request request, Bytes key, Operation operation) {
        Optional<Long> expected = expectedRevision(request);
        if (expected.isEmpty()) return mutate(request, operation);
        Operation txn = new Operation.Txn(
                List.of(Compare.modRevisionIs(key, expected.get())),
                List.of(operation),
                List.of(Operation.Range.of(KeyRange.key(key)).withView(Operation.View.KEYS_ONLY)));
        return mutate(request, txn).thenApply(done -> {
            OperationResult.Txn result = (OperationResult.Txn) Objects.requireNonNull(done.result());
            if (result.succeeded())
                return CommandResult.ok(done.revision(), result.results().get(0));
            List<KeyValue> found = ((OperationResult.Range) result.results().get(0)).keyValues();
            throw new AttuneException(
                    ErrorCode.CONFLICT,
                    found.isEmpty()
                            ? "The key does not exist (expected: last changed at revision " + expected.get() + ")."
                            : "The key was last changed at revision "
                                    + found.get(0).modRevision() + " (expected: " + expected.get() + ").");
        });
    }

    private static Optional<Long> expectedRevision(Request request) {
        if (request.query("prevRevision").isPresent()) return Optional.of(request.queryLong("prevRevision", 0));
        if (request.header("If-None-Match").orElse("").equals("*")) return Optional.of(0L);
        return request.header("If-Match").map(etag -> {
            if (!etag.matches("\"?[0-9]{1,18}\"?"))
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "If-Match: not a revision");
            return Long.parseLong(etag.replace("\"", ""));
        });
    }

    private CompletableFuture<Reply> range(Request request) {
        boolean base64 = request.queryFlag("base64");
        long limit = request.queryLong("limit", 1_000);
        if (limit < 1 || limit > RANGE_LIMIT_MAX)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "limit: " + limit + " (expected: 1.." + RANGE_LIMIT_MAX + ")");
        Operation.View view = request.queryFlag("countOnly")
                ? Operation.View.COUNT_ONLY
                : request.queryFlag("keysOnly") ? Operation.View.KEYS_ONLY : Operation.View.FULL;
        Operation.Range range = Operation.Range.of(UserKeys.range(keys(request)))
                .withLimit(limit)
                .atRevision(request.queryLong("revision", 0))
                .withView(view);
        return keyspace.read(range, request.readLevel()).thenApply(done -> {
            ObjectNode json = KvJson.range(rangeOf(done), base64).put("revision", done.revision());
            return Reply.json(200, json).revision(done.revision());
        });
    }

    static KeyRange keys(Request request) {
        Optional<Bytes> start = request.queryBytes("start");
        if (start.isEmpty()) return KeyRange.prefix(request.queryBytes("prefix").orElse(Bytes.EMPTY));
        if (request.query("prefix").isPresent())
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "prefix: together with start (expected: one of them)");
        Bytes end = request.queryBytes("end").orElse(Bytes.EMPTY);
        return end.isEmpty() ? KeyRange.from(start.get()) : new KeyRange(start.get(), end);
    }

    private CompletableFuture<Reply> txn(Request request) {
        boolean base64 = request.queryFlag("base64");
        Operation txn = UserKeys.confine(TxnJson.read(Json.tree(request.body())));
        return mutate(request, txn).thenApply(done -> {
            OperationResult.Txn result = (OperationResult.Txn) Objects.requireNonNull(done.result());
            ObjectNode json = KvJson.txn(result, base64).put("revision", done.revision());
            return Reply.json(200, json).revision(done.revision());
        });
    }

    private CompletableFuture<Reply> compact(Request request) {
        long revision = request.json(Compaction.class).revision();
        return keyspace.writeAs(request.principal().name(), new Command.Compact(revision))
                .thenApply(done -> Reply.json(200, Json.object().put("compactedBefore", revision))
                        .revision(done.revision()));
    }

    private CompletableFuture<CommandResult> mutate(Request request, Operation operation) {
        return keyspace.writeAs(
                request.principal().name(),
                new Command.Mutate(
                        RequestIdHeader.parse(
                                request.header(RequestIdHeader.NAME).orElse("")),
                        operation));
    }

    private static Reply deleted(CommandResult done, long deleted) {
        ObjectNode json = Json.object().put("revision", done.revision()).put("deleted", deleted);
        return Reply.json(200, json).revision(done.revision());
    }

    private static long deleteOf(CommandResult done) {
        return ((OperationResult.Delete) Objects.requireNonNull(done.result())).deleted();
    }

    private static OperationResult.Range rangeOf(CommandResult done) {
        return (OperationResult.Range) Objects.requireNonNull(done.result());
    }

    /** The body of a compaction. */
    record Compaction(long revision) {}
}
