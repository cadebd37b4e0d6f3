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
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.attune.model.wire.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * All that members say to each other for Raft: one byte for the kind, then protobuf. The numbers are wire-stable;
 * whatever is not in the list, in particular the library's administration calls, cannot be expressed.
 *
 * <p>The parsers that were generated into the library are not used: they are of a generation that a crafted message
 * can keep busy for very long (GHSA-h4h5-3hr4-j3g2). Bytes are parsed by the current runtime, by reflection, or by
 * hand where it is frequent, and only then become the library's messages.
 */
final class RaftMessages {
    private static final List<Kind> KINDS = List.of(
            new Kind(0, ErrorResponse.getDefaultInstance()),
            new Kind(1, RequestVoteRequest.getDefaultInstance()),
            new Kind(2, RequestVoteResponse.getDefaultInstance()),
            new Kind(3, AppendEntriesRequest.getDefaultInstance()),
            new Kind(4, AppendEntriesResponse.getDefaultInstance()),
            new Kind(5, InstallSnapshotRequest.getDefaultInstance()),
            new Kind(6, InstallSnapshotResponse.getDefaultInstance()),
            new Kind(7, TimeoutNowRequest.getDefaultInstance()),
            new Kind(8, TimeoutNowResponse.getDefaultInstance()),
            new Kind(9, ReadIndexRequest.getDefaultInstance()),
            new Kind(10, ReadIndexResponse.getDefaultInstance()),
            new Kind(11, GetFileRequest.getDefaultInstance()),
            new Kind(12, GetFileResponse.getDefaultInstance()));
    private static final Map<Class<?>, Integer> NUMBERS = KINDS.stream()
            .collect(java.util.stream.Collectors.toUnmodifiableMap(
                    kind -> kind.prototype().getClass(), Kind::number));

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
            return KINDS.get(bytes[0]).parse(CodedInputStream.newInstance(bytes, 1, bytes.length - 1));
        } catch (IOException | RuntimeException e) {
            // Also what a generated builder throws when a required field is missing.
            throw new MalformedException("message: malformed", e);
        }
    }

    /** One kind of message. */
    private record Kind(int number, Message prototype) {
        Message parse(CodedInputStream in) throws IOException {
            if (prototype instanceof AppendEntriesRequest) return AppendEntriesParser.parse(in);
            DynamicMessage message = DynamicMessage.parseFrom(prototype.getDescriptorForType(), in);
            return prototype.newBuilderForType().mergeFrom(message).build();
        }
    }
}
