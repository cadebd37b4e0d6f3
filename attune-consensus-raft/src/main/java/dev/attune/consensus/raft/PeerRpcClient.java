package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The library's calls to other members, over our transport. Connections are the transport's own matter. */
final class PeerRpcClient implements RpcClient {
    private volatile @Nullable PeerNodeOptions settings;

    @Override
    public boolean init(RpcOptions options) {
        settings = (PeerNodeOptions) options;
        return true;
    }

    @Override
    public void shutdown() {
        settings = null;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return true;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        return true;
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        // One connection serves all services of a member; it is not Raft's to close.
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicatorGroup) {
        // Replicators try again by themselves; a call to a member that is back just succeeds.
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, InvokeContext context, long timeoutMs)
            throws RemotingException {
        throw new RemotingException("calls to members are asynchronous");
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint, Object request, InvokeContext context, InvokeCallback callback, long timeoutMs)
            throws RemotingException {
        PeerNodeOptions open = settings;
        if (open == null) throw new RemotingException("the client is shut down");
        open.transport()
                .call(
                        Peers.member(endpoint),
                        RaftLog.SERVICE,
                        RaftMessages.encode((Message) request),
                        Duration.ofMillis(timeoutMs))
                .whenComplete((answer, failure) -> deliver(callback, answer, failure, () -> answered(open, request)));
    }

    private static void answered(PeerNodeOptions open, Object request) {
        if (request instanceof AppendEntriesRequest append && append.getEntriesCount() > 0)
            open.acknowledged()
                    .acknowledged(
                            Math.min(append.getCommittedIndex(), append.getPrevLogIndex() + append.getEntriesCount()));
    }

    private static void deliver(
            InvokeCallback callback, byte @Nullable [] answer, @Nullable Throwable failure, Runnable afterwards) {
        Runnable delivery = () -> {
            if (failure != null || answer == null) {
                callback.complete(null, remoting(failure));
                return;
            }
            Message message;
            try {
                message = RaftMessages.decode(answer);
            } catch (RuntimeException e) {
                // A malformed answer counts as none.
                callback.complete(null, remoting(e));
                return;
            }
            callback.complete(message, null);
            afterwards.run();
        };
        try {
            callback.executor().execute(delivery);
        } catch (RejectedExecutionException e) {
            // Shutting down: the library has let go of its calls already.
        }
    }

    private static Throwable remoting(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = cause == null ? "no answer" : String.valueOf(cause.getMessage());
        boolean timedOut = cause instanceof AttuneException known && known.code() == ErrorCode.OUTCOME_UNKNOWN;
        return timedOut ? new InvokeTimeoutException(message) : new RemotingException(message);
    }
}
