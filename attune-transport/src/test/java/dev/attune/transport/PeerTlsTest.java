package dev.attune.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerTlsTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    @TempDir
    private Path directory;

    private final LoopbackPeers peers = new LoopbackPeers("tls");

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void onlyTrustedCertificatesThatNameTheirMember_areLetIn() throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        PeerTls ofA = certificates.issue("a", "a", true);
        PeerTls ofB = certificates.issue("b", "b", true);
        PeerTls untrusted = certificates.issue("stranger", "b", false);
        peers.start(A, options -> options.withTls(ofA))
                .serve(1, (from, message) -> CompletableFuture.completedFuture(message));

        assertThat(reaches(peers.start(B, options -> options.withTls(ofB)))).isTrue();
        assertThat(reaches(peers.start(B, options -> options.withTls(untrusted))))
                .isFalse();
        assertThat(reaches(peers.start(new MemberId("c"), options -> options.withTls(ofB))))
                .isFalse();
        assertThat(reaches(peers.start(B))).isFalse();
    }

    private static boolean reaches(NettyPeerTransport from) throws Exception {
        byte[] sent = {1, 2, 3};
        Object result = from.call(A, 1, sent, Duration.ofSeconds(10))
                .<Object>handle((answer, failure) -> failure == null ? answer : failure)
                .get(20, TimeUnit.SECONDS);
        from.close();
        if (result instanceof AttuneException) return false;
        assertThat((byte[]) result).isEqualTo(sent);
        return true;
    }
}
