package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.attune.model.wire.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * All that members say to each other for Raft: one byte for the kind, then protobuf. The numbers are wire-stable;
 * whatever is not in the list, in particular the library's administration calls, cannot be expressed.
 */
final class RaftMessages {
    private static final List<Kind> KINDS = List.of(
            new Kind(0, ErrorResponse.class, ErrorResponse.parser()),
            new Kind(1, RequestVoteRequest.class, RequestVoteRequest.parser()),
            new Kind(2, RequestVoteResponse.class, RequestVoteResponse.parser()),
            new Kind(3, AppendEntriesRequest.class, AppendEntriesRequest.parser()),
            new Kind(4, AppendEntriesResponse.class, AppendEntriesResponse.parser()),
            new Kind(5, InstallSnapshotRequest.class, InstallSnapshotRequest.parser()),
            new Kind(6, InstallSnapshotResponse.class, InstallSnapshotResponse.parser()),
            new Kind(7, TimeoutNowRequest.class, TimeoutNowRequest.parser()),
            new Kind(8, TimeoutNowResponse.class, TimeoutNowResponse.parser()),
            new Kind(9, ReadIndexRequest.class, ReadIndexRequest.parser()),
            new Kind(10, ReadIndexResponse.class, ReadIndexResponse.parser()),
            new Kind(11, GetFileRequest.class, GetFileRequest.parser()),
            new Kind(12, GetFileResponse.class, GetFileResponse.parser()));
    private static final Map<Class<?>, Integer> NUMBERS =
            KINDS.stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Kind::type, Kind::number));

    private RaftMessages() {}

    static byte[] encode(Message message) {
        Integer number = NUMBERS.get(message.getClass());
        if (number == null)
            throw new IllegalArgumentException("message: " + message.getClass() + " (expected: one of the list)");
        byte[] bytes = new byte[1 + message.getSerializedSize()];
        bytes[0] = number.byteValue();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1, bytes.length - 1);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("a message did not fit its own size", e);
        }
        return bytes;
    }

    static Message decode(byte[] bytes) {
        if (bytes.length < 1 || bytes[0] < 0 || bytes[0] >= KINDS.size())
            throw new MalformedException(
                    "message kind: " + (bytes.length < 1 ? "none" : bytes[0]) + " (expected: 0.." + KINDS.size() + ")");
        try {
            return KINDS.get(bytes[0]).parser().parseFrom(bytes, 1, bytes.length - 1);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedException("message: not protobuf", e);
        }
    }

    private record Kind(int number, Class<?> type, Parser<? extends Message> parser) {}
}
