package dev.attune.server.grpc;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.auth.Permission;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.v1.CompactRequest;
import dev.attune.v1.CompactResponse;
import dev.attune.v1.DeleteRangeRequest;
import dev.attune.v1.DeleteRangeResponse;
import dev.attune.v1.LeaseGrantRequest;
import dev.attune.v1.LeaseGrantResponse;
import dev.attune.v1.LeaseRevokeRequest;
import dev.attune.v1.LeaseRevokeResponse;
import dev.attune.v1.PutRequest;
import dev.attune.v1.PutResponse;
import dev.attune.v1.RangeRequest;
import dev.attune.v1.RangeResponse;
import dev.attune.v1.TxnRequest;
import dev.attune.v1.TxnResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** The service {@code attune.v1.Kv}: the same keys, rights and limits as the REST calls. */
public final class KvService {
    private static final String PREFIX = "/attune.v1.Kv/";

    private final Keyspace keyspace;
    private final Leases leases;

    public KvService(Keyspace keyspace, Leases leases) {
        this.keyspace = keyspace;
        this.leases = leases;
    }

    List<GrpcMethod> methods() {
        return List.of(
                GrpcMethod.unary(
                        PREFIX + "Range", Permission.READ, RangeRequest.parser(), (call, request) -> range(request)),
                GrpcMethod.unary(PREFIX + "Put", Permission.PUBLISH, PutRequest.parser(), this::put),
                GrpcMethod.unary(
                        PREFIX + "DeleteRange", Permission.PUBLISH, DeleteRangeRequest.parser(), this::deleteRange),
                GrpcMethod.unary(PREFIX + "Txn", Permission.PUBLISH, TxnRequest.parser(), this::txn),
                GrpcMethod.unary(PREFIX + "Compact", Permission.ADMIN, CompactRequest.parser(), this::compact),
                GrpcMethod.unary(PREFIX + "LeaseGrant", Permission.PUBLISH, LeaseGrantRequest.parser(), this::grant),
                GrpcMethod.unary(PREFIX + "LeaseRevoke", Permission.PUBLISH, LeaseRevokeRequest.parser(), this::revoke),
                new GrpcMethod(
                        PREFIX + "LeaseKeepAlive", Permission.PUBLISH, true, call -> new KeepAliveStream(call, leases)),
                new GrpcMethod(PREFIX + "Watch", Permission.READ, true, call -> new WatchStream(call, keyspace)));
    }

    private CompletableFuture<RangeResponse> range(RangeRequest request) {
        ReadLevel level = ReadLevel.LINEARIZABLE;
        if (request.getMinRevision() < 0 || (request.getMinRevision() > 0 && !request.getStale()))
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "min_revision: without stale, or negative");
        if (request.getStale()) level = ReadLevel.atLeast(request.getMinRevision());
        return keyspace.read(KvMessages.range(request), level)
                .thenApply(done -> KvMessages.range(done.revision(), result(done, OperationResult.Range.class)));
    }

    private CompletableFuture<PutResponse> put(GrpcCall call, PutRequest request) {
        return mutate(call, KvMessages.put(request))
                .thenApply(done -> KvMessages.put(done.revision(), result(done, OperationResult.Put.class)));
    }

    private CompletableFuture<DeleteRangeResponse> deleteRange(GrpcCall call, DeleteRangeRequest request) {
        return mutate(call, KvMessages.delete(request))
                .thenApply(done -> KvMessages.delete(done.revision(), result(done, OperationResult.Delete.class)));
    }

    private CompletableFuture<TxnResponse> txn(GrpcCall call, TxnRequest request) {
        return mutate(call, KvMessages.txn(request))
                .thenApply(done -> KvMessages.txn(done.revision(), result(done, OperationResult.Txn.class)));
    }

    private CompletableFuture<CompactResponse> compact(GrpcCall call, CompactRequest request) {
        return write(call, new Command.Compact(request.getRevision())).thenApply(done -> CompactResponse.newBuilder()
                .setRevision(done.revision())
                .build());
    }

    private CompletableFuture<LeaseGrantResponse> grant(GrpcCall call, LeaseGrantRequest request) {
        if (request.getTtlMillis() < Leases.TTL_MILLIS_MIN)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "ttl_millis: " + request.getTtlMillis() + " (expected: >= " + Leases.TTL_MILLIS_MIN + ")");
        if (request.getLeaseId() < 0) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "lease_id: negative");
        long id = request.getLeaseId() != 0
                ? request.getLeaseId()
                : ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return write(call, new Command.GrantLease(id, request.getTtlMillis()))
                .thenApply(done -> LeaseGrantResponse.newBuilder()
                        .setRevision(done.revision())
                        .setLeaseId(id)
                        .setTtlMillis(request.getTtlMillis())
                        .build());
    }

    private CompletableFuture<LeaseRevokeResponse> revoke(GrpcCall call, LeaseRevokeRequest request) {
        return write(call, new Command.RevokeLease(request.getLeaseId()))
                .thenApply(done -> LeaseRevokeResponse.newBuilder()
                        .setRevision(done.revision())
                        .build());
    }

    private CompletableFuture<CommandResult> mutate(GrpcCall call, Operation operation) {
        return write(call, new Command.Mutate(call.requestId(), operation));
    }

    private CompletableFuture<CommandResult> write(GrpcCall call, Command command) {
        return keyspace.writeAs(call.principal().name(), command);
    }

    private static <R extends OperationResult> R result(CommandResult done, Class<R> kind) {
        OperationResult result = done.result();
        if (kind.isInstance(result)) return kind.cast(result);
        throw new AttuneException(ErrorCode.ALREADY_APPLIED, "Carried out before; its result is no longer kept.");
    }
}
