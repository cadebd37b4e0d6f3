package dev.attune.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.model.ErrorCode;
import dev.attune.transport.wire.Frame;
import dev.attune.transport.wire.Hello;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class NettyPeerTransportTest extends TransportContract {
    private final LoopbackPeers peers = new LoopbackPeers("test");
    private final Map<MemberId, NettyPeerTransport> members = new HashMap<>();

    @Override
    protected NettyPeerTransport member(MemberId id) throws IOException {
        NettyPeerTransport known = members.get(id);
        if (known != null) return known;
        NettyPeerTransport started = peers.start(id);
        members.put(id, started);
        return started;
    }

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void restartedMember_isReachedAtItsNewAddress() throws Exception {
        member(B).serve(1, (from, message) -> CompletableFuture.completedFuture(message));
        member(A).call(B, 1, bytes("1"), Duration.ofSeconds(5)).join();

        member(B).close();
        members.remove(B);
        member(B).serve(1, (from, message) -> CompletableFuture.completedFuture(message));

        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        boolean reached = false;
        while (!reached && System.nanoTime() < deadline)
            reached = member(A)
                    .call(B, 1, bytes("2"), Duration.ofSeconds(1))
                    .handle((answer, failure) -> failure == null)
                    .get();
        assertThat(reached).isTrue();
    }

    @Test
    void fullQueue_refusesAtOnce() throws Exception {
        NettyPeerTransport small = peers.start(
                new MemberId("c"),
                options -> new PeerOptions(
                        options.self(), options.clusterId(), options.listen(), options.tls(), 2048, 4096));
        member(B).serve(1, (from, message) -> new CompletableFuture<>());

        ErrorCode last = ErrorCode.INTERNAL;
        for (int i = 0; i < 100_000 && last != ErrorCode.OVERLOADED; i++) {
            var answer = small.call(B, 1, new byte[1900], Duration.ofSeconds(30));
            if (answer.isCompletedExceptionally()) last = codeOf(answer);
        }

        assertThat(last).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void oversizedRequest_isRefusedBeforeItIsSent() throws Exception {
        assertThat(codeOf(member(A).call(B, 1, new byte[10 << 20], Duration.ofSeconds(1))))
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    @DisplayName("attack 37: serialisation probes are cut off at the preface")
    void javaSerialisationProbe_isClosedAtOnce() throws Exception {
        assertThat(closesAfter(new byte[] {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r'}))
                .isTrue();
        assertThat(closesAfter(new byte[] {'H', 2, 0, 'C', 0x30})).isTrue();
        assertThat(closesAfter(bytes("GET / HTTP/1.1\r\n\r\n"))).isTrue();
    }

    @Test
    @DisplayName("attack 38: a claimed length beyond the hello's bound closes before anything is allocated")
    void hugeClaimedLength_isClosedAtOnce() throws Exception {
        assertThat(closesAfter(new byte[] {'A', 'T', 'N', '1', 0x40, 0, 0, 0})).isTrue();
        assertThat(closesAfter(new byte[] {'A', 'T', 'N', '1', (byte) 0xff, 0, 0, 0}))
                .isTrue();
        assertThat(closesAfter(new byte[] {'A', 'T', 'N', '1', 0, 0, 0, 3, 1, 2, 3}))
                .isTrue();
    }

    @Test
    @DisplayName("attack 38: who says nothing is cut off within about a second")
    void silentConnection_isClosed() throws Exception {
        assertThat(closesAfter(new byte[0])).isTrue();
        assertThat(closesAfter(new byte[] {'A', 'T', 'N', '1', 0, 0, 1, 0})).isTrue();
    }

    @Test
    @DisplayName("attack 38: another cluster, another protocol or another addressee is refused")
    void foreignHello_isClosedAtOnce() throws Exception {
        assertThat(closesAfter(hello(1, "other", "b", "a"))).isTrue();
        assertThat(closesAfter(hello(2, "test", "b", "a"))).isTrue();
        assertThat(closesAfter(hello(1, "test", "b", "c"))).isTrue();
        assertThat(closesAfter(hello(1, "test", "B!", "a"))).isTrue();
        assertThat(closesAfter(hello(1, "test", "b", "a"))).isFalse();
    }

    /** Whether A closes a connection on which these bytes were sent, within two seconds. */
    private boolean closesAfter(byte[] sent) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(member(A).listening());
            socket.setSoTimeout(2000);
            socket.getOutputStream().write(sent);
            int last = 0;
            while (last >= 0) last = socket.getInputStream().read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private static byte[] hello(int protocol, String cluster, String self, String to) throws IOException {
        Frame frame = Frame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocol(protocol)
                        .setClusterId(cluster)
                        .setMemberId(self)
                        .setToMemberId(to))
                .build();
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(FrameDecoder.PREFACE);
        out.writeInt(frame.getSerializedSize());
        frame.writeTo(out);
        return bytes.toByteArray();
    }
}
