package dev.attune.server.grpc;

import com.google.protobuf.Message;
import dev.attune.v1.KvProto;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** The real gRPC client, told the service's methods by the published definition's own descriptor. */
final class KvClientStub implements AutoCloseable {
    private final ManagedChannel channel;

    KvClientStub(int port) {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
    }

    /** One question and its answer. */
    <Q extends Message, R extends Message> R call(String method, String token, Q question, R answer) {
        return ClientCalls.blockingUnaryCall(
                with(token),
                descriptor(method, question, answer),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                question);
    }

    <Q extends Message, R extends Message> R call(
            String method, Metadata metadata, String token, Q question, R answer) {
        Channel with =
                io.grpc.ClientInterceptors.intercept(with(token), MetadataUtils.newAttachHeadersInterceptor(metadata));
        return ClientCalls.blockingUnaryCall(with, descriptor(method, question, answer), CallOptions.DEFAULT, question);
    }

    <Q extends Message, R extends Message> ClientCall<Q, R> open(
            String method, String token, Q question, R answer, CallOptions options) {
        return with(token).newCall(descriptor(method, question, answer), options);
    }

    private Channel with(String token) {
        Metadata metadata = new Metadata();
        if (!token.isEmpty())
            metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> descriptor(
            String method, Q question, R answer) {
        var found = KvProto.getDescriptor().findServiceByName("Kv").findMethodByName(method);
        boolean streams = found != null && found.isClientStreaming();
        return MethodDescriptor.<Q, R>newBuilder()
                .setFullMethodName("attune.v1.Kv/" + method)
                .setType(streams ? MethodDescriptor.MethodType.BIDI_STREAMING : MethodDescriptor.MethodType.UNARY)
                .setRequestMarshaller(ProtoUtils.marshaller(question))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
