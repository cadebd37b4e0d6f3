package dev.attune.server.grpc;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.Leases;
import dev.attune.v1.LeaseKeepAliveRequest;
import dev.attune.v1.LeaseKeepAliveResponse;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Keeps leases alive, one question at a time, so that answers come in order and little is ever under way. */
final class KeepAliveStream implements GrpcMethod.Inbound {
    private static final int WAITING_MAX = 1_000;

    private final GrpcCall call;
    private final Leases leases;
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean complete;

    KeepAliveStream(GrpcCall call, Leases leases) {
        this.call = call;
        this.leases = leases;
    }

    @Override
    public synchronized void message(byte[] bytes) {
        if (waiting.size() >= WAITING_MAX)
            throw new AttuneException(ErrorCode.OVERLOADED, "questions waiting: more than " + WAITING_MAX);
        waiting.add(GrpcMethod.parse(LeaseKeepAliveRequest.parser(), bytes).getLeaseId());
        next();
    }

    @Override
    public synchronized void complete() {
        complete = true;
        next();
    }

    @Override
    public synchronized void over() {
        waiting.clear();
    }

    private void next() {
        if (busy) return;
        Long lease = waiting.poll();
        if (lease == null) {
            if (complete) call.finish();
            return;
        }
        busy = true;
        leases.keepAlive(lease).whenComplete((ttlMillis, failure) -> answered(lease, ttlMillis, failure));
    }

    private synchronized void answered(long lease, @Nullable Long ttlMillis, @Nullable Throwable failure) {
        busy = false;
        boolean gone = failure != null
                && Problems.unwrap(failure) instanceof AttuneException known
                && (known.code() == ErrorCode.LEASE_NOT_FOUND || known.code() == ErrorCode.NOT_FOUND);
        if (failure != null && !gone) {
            call.fail(failure);
            return;
        }
        call.send(LeaseKeepAliveResponse.newBuilder()
                .setLeaseId(lease)
                .setTtlMillis(ttlMillis == null ? 0 : ttlMillis)
                .build());
        next();
    }
}
