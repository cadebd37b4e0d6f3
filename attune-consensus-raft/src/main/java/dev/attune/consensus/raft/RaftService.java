package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcResponseClosureAdapter;
import com.alipay.sofa.jraft.storage.FileService;
import com.google.protobuf.Message;
import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.MalformedException;
import dev.attune.transport.PeerTransport;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers other members' Raft calls.
 *
 * <p>Entries of one member are taken in the order in which they came; everything else, heartbeats and votes above all,
 * does not wait behind them. A message must come from the member it claims to come from, be for this group, and carry
 * a term that elections could have reached.
 */
final class RaftService implements PeerTransport.Handler {
    /** How far ahead of ours a term may be: more than years of elections, far less than what would exhaust terms. */
    static final long TERM_LEAD_MAX = 1L << 32;

    private static final int FILE_BYTES_MAX = 1 << 20;

    private final String group;
    private final PeerId self;
    private final LongSupplier term;
    private final Executor pool;
    private final Map<MemberId, SerialExecutor> appenders = new ConcurrentHashMap<>();
    private volatile @Nullable NodeImpl node;

    RaftService(String group, MemberId self, LongSupplier term, Executor pool) {
        this.group = group;
        this.self = Peers.of(self);
        this.term = term;
        this.pool = pool;
    }

    /** Calls are refused before the node runs and after it was closed (null). */
    void attach(@Nullable NodeImpl running) {
        node = running;
    }

    @Override
    public CompletableFuture<byte[]> handle(MemberId from, byte[] message) {
        Message request;
        try {
            request = RaftMessages.decode(message);
            check(from, request);
        } catch (MalformedException e) {
            return CompletableFuture.failedFuture(new AttuneException(ErrorCode.INVALID_ARGUMENT, "raft message", e));
        }
        NodeImpl running = node;
        if (running == null)
            return CompletableFuture.failedFuture(new AttuneException(ErrorCode.UNAVAILABLE, "raft is not running"));
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Executor executor = request instanceof AppendEntriesRequest append && append.getEntriesCount() > 0
                ? appenders.computeIfAbsent(from, member -> new SerialExecutor(pool))
                : pool;
        try {
            executor.execute(() -> serve(running, request, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new AttuneException(ErrorCode.UNAVAILABLE, "raft is closed"));
        }
        return answer;
    }

    private void check(MemberId from, Message request) {
        if (request instanceof AppendEntriesRequest append) {
            checkSender(from, append.getGroupId(), append.getServerId(), append.getPeerId(), append.getTerm());
        } else if (request instanceof RequestVoteRequest vote) {
            checkSender(from, vote.getGroupId(), vote.getServerId(), vote.getPeerId(), vote.getTerm());
        } else if (request instanceof InstallSnapshotRequest install) {
            checkSender(from, install.getGroupId(), install.getServerId(), install.getPeerId(), install.getTerm());
        } else if (request instanceof TimeoutNowRequest now) {
            checkSender(from, now.getGroupId(), now.getServerId(), now.getPeerId(), now.getTerm());
        } else if (request instanceof ReadIndexRequest read) {
            if (!read.getGroupId().equals(group)) throw new MalformedException("group: another");
        } else if (request instanceof GetFileRequest file) {
            if (file.getCount() < 1 || file.getOffset() < 0)
                throw new MalformedException("chunk: " + file.getCount() + " bytes at " + file.getOffset());
        } else {
            throw new MalformedException("message: an answer instead of a request");
        }
    }

    private void checkSender(MemberId from, String toGroup, String sender, String receiver, long claimedTerm) {
        if (!toGroup.equals(group)) throw new MalformedException("group: another");
        if (!sender.equals(Peers.of(from).toString())) throw new MalformedException("sender: not " + from);
        if (!receiver.equals(self.toString())) throw new MalformedException("receiver: not " + self);
        if (claimedTerm < 0 || claimedTerm - term.getAsLong() > TERM_LEAD_MAX)
            throw new MalformedException("term: " + claimedTerm + " (expected: near " + term.getAsLong() + ")");
    }

    private static void serve(NodeImpl node, Message request, CompletableFuture<byte[]> answer) {
        RpcRequestClosure done = new RpcRequestClosure(new Answer(answer), ErrorResponse.getDefaultInstance());
        try {
            Message now = dispatch(node, request, done);
            if (now != null) done.sendResponse(now);
        } catch (RuntimeException e) {
            answer.completeExceptionally(new AttuneException(ErrorCode.INTERNAL, "raft: " + e.getMessage(), e));
        }
    }

    /** The answer, or null when the library gives it later. */
    private static @Nullable Message dispatch(NodeImpl node, Message request, RpcRequestClosure done) {
        if (request instanceof AppendEntriesRequest append) return node.handleAppendEntriesRequest(append, done);
        if (request instanceof RequestVoteRequest vote)
            return vote.getPreVote() ? node.handlePreVoteRequest(vote) : node.handleRequestVoteRequest(vote);
        if (request instanceof InstallSnapshotRequest install) return node.handleInstallSnapshot(install, done);
        if (request instanceof TimeoutNowRequest now) return node.handleTimeoutNowRequest(now, done);
        if (request instanceof GetFileRequest file)
            return FileService.getInstance().handleGetFile(bounded(file), done);
        node.handleReadIndexRequest((ReadIndexRequest) request, new RpcResponseClosureAdapter<ReadIndexResponse>() {
            @Override
            public void run(Status status) {
                ReadIndexResponse response = getResponse();
                done.sendResponse(
                        status.isOk() && response != null
                                ? response
                                : ErrorResponse.newBuilder()
                                        .setErrorCode(
                                                status.isOk() ? RaftError.EINTERNAL.getNumber() : status.getCode())
                                        .setErrorMsg(String.valueOf(status.getErrorMsg()))
                                        .build());
            }
        });
        return null;
    }

    /** The library asks for as much as there is of a small file; the answer says where it ended. */
    private static GetFileRequest bounded(GetFileRequest file) {
        return file.getCount() <= FILE_BYTES_MAX
                ? file
                : file.toBuilder().setCount(FILE_BYTES_MAX).build();
    }

    /** Where the library leaves its answer. */
    private static final class Answer implements RpcContext {
        private final CompletableFuture<byte[]> answer;

        Answer(CompletableFuture<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void sendResponse(Object response) {
            answer.complete(RaftMessages.encode((Message) response));
        }

        @Override
        public @Nullable Connection getConnection() {
            return null;
        }

        @Override
        public String getRemoteAddress() {
            return "peer";
        }
    }
}
