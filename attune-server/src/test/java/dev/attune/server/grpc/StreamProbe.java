package dev.attune.server.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream of the real client that takes one message at a time, when asked. */
final class StreamProbe<Q, R> {
    private final ClientCall<Q, R> call;
    private final BlockingQueue<R> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    StreamProbe(ClientCall<Q, R> call) {
        this.call = call;
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(R message) {
                        received.add(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                new Metadata());
    }

    void send(Q message) {
        call.sendMessage(message);
    }

    R next() throws InterruptedException {
        call.request(1);
        R message = received.poll(20, TimeUnit.SECONDS);
        if (message == null) throw new AssertionError("nothing arrived; ended: " + ended.getNow(null));
        return message;
    }

    void halfClose() {
        call.halfClose();
    }

    Status end() {
        call.request(10);
        return ended.orTimeout(20, TimeUnit.SECONDS).join();
    }

    void cancel() {
        call.cancel("enough", null);
    }
}
