package dev.attune.e2e.differential;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSpec;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An etcd as if it were our store. */
final class EtcdStore implements Operation.Cases<CommandResult>, Command.Cases<CommandResult> {
    private final KVGrpc.KVBlockingStub kv;
    private final LeaseGrpc.LeaseBlockingStub leases;
    private final WatchGrpc.WatchStub watches;

    EtcdStore(ManagedChannel channel) {
        kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
        leases = LeaseGrpc.newBlockingStub(channel).withWaitForReady();
        watches = WatchGrpc.newStub(channel).withWaitForReady();
    }

    CommandResult apply(Command command) {
        return refused(() -> command.match(this));
    }

    CommandResult read(Operation operation) {
        return refused(() -> operation.match(this));
    }

    private interface Call {
        CommandResult run();
    }

    private CommandResult refused(Call call) {
        try {
            return call.run();
        } catch (StatusRuntimeException e) {
            return CommandResult.refused(revision(), EtcdCodec.error(e), String.valueOf(e.getMessage()));
        }
    }

    private long revision() {
        RangeRequest any = RangeRequest.newBuilder()
                .setKey(com.google.protobuf.ByteString.copyFromUtf8("x"))
                .setCountOnly(true)
                .build();
        return kv.withDeadlineAfter(30, TimeUnit.SECONDS).range(any).getHeader().getRevision();
    }

    @Override
    public CommandResult range(Operation.Range range) {
        RangeResponse response = kv.range(EtcdCodec.range(range));
        return CommandResult.ok(response.getHeader().getRevision(), EtcdCodec.result(response));
    }

    @Override
    public CommandResult put(Operation.Put put) {
        PutResponse response = kv.put(EtcdCodec.put(put));
        return CommandResult.ok(response.getHeader().getRevision(), EtcdCodec.result(response));
    }

    @Override
    public CommandResult delete(Operation.Delete delete) {
        DeleteRangeResponse response = kv.deleteRange(EtcdCodec.delete(delete));
        return CommandResult.ok(response.getHeader().getRevision(), EtcdCodec.result(response));
    }

    @Override
    public CommandResult txn(Operation.Txn txn) {
        TxnResponse response = kv.txn(EtcdCodec.txn(txn));
        return CommandResult.ok(response.getHeader().getRevision(), EtcdCodec.result(response));
    }

    @Override
    public CommandResult mutate(Command.Mutate mutate) {
        return mutate.operation().match(this);
    }

    @Override
    public CommandResult compact(Command.Compact compact) {
        CompactionRequest request =
                CompactionRequest.newBuilder().setRevision(compact.revision()).build();
        return CommandResult.ok(kv.compact(request).getHeader().getRevision(), null);
    }

    @Override
    public CommandResult grantLease(Command.GrantLease grant) {
        LeaseGrantRequest request = LeaseGrantRequest.newBuilder()
                .setID(grant.id())
                .setTTL(grant.ttlMillis() / 1_000)
                .build();
        return CommandResult.ok(leases.leaseGrant(request).getHeader().getRevision(), null);
    }

    @Override
    public CommandResult keepLeases(Command.KeepLeases keep) {
        throw new IllegalArgumentException("etcd has no such request: " + keep);
    }

    @Override
    public CommandResult expireLease(Command.ExpireLease expire) {
        throw new IllegalArgumentException("etcd has no such request: " + expire);
    }

    @Override
    public CommandResult revokeLease(Command.RevokeLease revoke) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(revoke.id()).build();
        return CommandResult.ok(leases.leaseRevoke(request).getHeader().getRevision(), null);
    }

    /** Opens a watch. */
    Watch watch(WatchSpec spec) {
        Watch watch = new Watch();
        StreamObserver<WatchRequest> requests = watches.watch(watch);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(EtcdCodec.watch(spec))
                .build());
        watch.requests = requests;
        return watch;
    }

    /** What one watch of etcd delivered. */
    static final class Watch implements StreamObserver<WatchResponse> {
        private final List<Event> events = new ArrayList<>();
        private StreamObserver<WatchRequest> requests = this.ignored();
        private long compacted;
        private boolean created;
        private boolean ended;

        private StreamObserver<WatchRequest> ignored() {
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest value) {}

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {}
            };
        }

        @Override
        public synchronized void onNext(WatchResponse response) {
            created |= response.getCreated();
            for (io.etcd.jetcd.api.Event event : response.getEventsList()) events.add(EtcdCodec.event(event));
            if (response.getCanceled()) {
                compacted = response.getCompactRevision();
                ended = true;
            }
            notifyAll();
        }

        @Override
        public synchronized void onError(Throwable t) {
            ended = true;
            notifyAll();
        }

        @Override
        public synchronized void onCompleted() {
            ended = true;
            notifyAll();
        }

        synchronized void awaitCreated() throws InterruptedException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!created && !ended && System.nanoTime() < until) wait(100);
        }

        /** The events once there are {@code count}, or what there is when it ends or 10 s have passed. */
        synchronized List<Event> await(int count) throws InterruptedException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (events.size() < count && !ended && System.nanoTime() < until) wait(100);
            return List.copyOf(events);
        }

        /** Waits for the end by compaction and returns the oldest readable revision; 0 when it did not end. */
        synchronized long awaitCompacted() throws InterruptedException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!ended && System.nanoTime() < until) wait(100);
            return compacted;
        }

        void cancel() {
            requests.onCompleted();
        }
    }
}
