package dev.attune.transport;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A member's transport that can be cut off from all others, silently: connections stay, nothing passes. */
public final class CuttableTransport implements PeerTransport {
    private final PeerTransport inner;
    private volatile boolean cut;

    public CuttableTransport(PeerTransport inner) {
        this.inner = inner;
    }

    public void cut(boolean nowCut) {
        cut = nowCut;
    }

    @Override
    public CompletableFuture<byte[]> call(MemberId to, int service, byte[] request, Duration timeout) {
        return cut ? refused() : inner.call(to, service, request, timeout);
    }

    private static CompletableFuture<byte[]> refused() {
        return CompletableFuture.failedFuture(new AttuneException(ErrorCode.UNAVAILABLE, "cut off"));
    }

    @Override
    public void send(MemberId to, int service, byte[] message) {
        if (!cut) inner.send(to, service, message);
    }

    @Override
    public void serve(int service, Handler handler) {
        inner.serve(
                service,
                (from, message) -> cut
                        ? refused()
                        : handler.handle(from, message).thenCompose(answer -> cut ? refused() : done(answer)));
    }

    private static CompletableFuture<byte[]> done(byte[] answer) {
        return CompletableFuture.completedFuture(answer);
    }

    @Override
    public void onDisconnect(Consumer<MemberId> listener) {
        inner.onDisconnect(listener);
    }

    @Override
    public void close() {
        inner.close();
    }
}
