package dev.attune.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.client.AttuneClient;
import dev.attune.e2e.cluster.CliProcess;
import dev.attune.e2e.cluster.ServerCertificate;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import dev.attune.model.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on the API of a server process, by a certificate that nothing trusts unless told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TlsIT {
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServerCertificate certificate;

    @SuppressWarnings("NullAway.Init")
    private ServerCluster cluster;

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        directory = given;
        certificate = ServerCertificate.issue(directory.resolve("tls"), "server", "ip:127.0.0.1");
        cluster = ServerCluster.prepare(1, directory.resolve("cluster"), certificate);
        cluster.start();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private String address() {
        return cluster.servers().get(0).address();
    }

    private AttuneClient.Builder client() throws Exception {
        return AttuneClient.builder()
                .endpoints(address())
                .token(cluster.token())
                .snapshotDirectory(null)
                .callTimeout(Duration.ofSeconds(5));
    }

    @Test
    void sdk_speaksToWhomItTrustsOnly() throws Exception {
        try (AttuneClient trusting = client().authority(certificate.authority()).build()) {
            assertThat(trusting.kv().blocking().put(Bytes.utf8("tls"), Bytes.utf8("1")))
                    .isPositive();
        }
        try (AttuneClient strict = client().build()) {
            assertThatThrownBy(() -> strict.kv().blocking().get(Bytes.utf8("tls")))
                    .isInstanceOf(RuntimeException.class);
            assertThat(strict.isConnected()).isFalse();
            assertThat(strict.connectionStatus()).containsIgnoringCase("certifi");
        }
        ServerCertificate other = ServerCertificate.issue(directory.resolve("tls"), "other", "ip:127.0.0.1");
        try (AttuneClient wrong = client().authority(other.authority()).build()) {
            assertThatThrownBy(() -> wrong.kv().blocking().get(Bytes.utf8("tls")))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void cli_speaksToWhomItTrustsOnlyAndSaysHow() throws Exception {
        CliProcess attune =
                new CliProcess(directory, Map.of("ATTUNE_ENDPOINTS", address(), "ATTUNE_TOKEN", cluster.token()));
        String authority = certificate.authority().toString();

        assertThat(attune.run("kv", "put", "cli", "1", "--ca", authority).code())
                .isZero();
        CliProcess.Ended trusted = attune.run("kv", "get", "cli", "--ca", authority);
        assertThat(trusted.out()).contains("1");
        CliProcess.Ended refused = attune.run("kv", "get", "cli");
        assertThat(refused.code()).isEqualTo(6);
        assertThat(refused.err()).contains("not trusted").contains("--ca");
        // The SDK inside the command trusts the same.
        assertThat(attune.run("put", "prod/tls/application.properties", "--text", "a=b", "--ca", authority)
                        .code())
                .isZero();
        assertThat(attune.run("env", "--env", "prod", "--app", "tls", "--ca", authority)
                        .out())
                .contains("A='b'");
    }

    @Test
    @DisplayName("HTTP/2 is agreed on by ALPN; plain text to the port is not answered; another name is refused")
    void listener_speaksHttp2ByAlpnAndNothingInClear() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(certificate.trust()).build();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(address() + "/healthz")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);

        URI plain = URI.create(address().replace("https:", "http:") + "/healthz");
        assertThatThrownBy(() -> client.send(
                        HttpRequest.newBuilder(plain)
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);

        URI otherName = URI.create(address().replace("127.0.0.1", "localhost") + "/healthz");
        assertThatThrownBy(() ->
                        client.send(HttpRequest.newBuilder(otherName).build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("G11: a node joins a cluster whose API it trusts by --join-authority")
    void node_joinsOverTls() throws Exception {
        ServerProcess joining = cluster.join(
                "n2",
                "--join-authority",
                certificate.authority().toString(),
                "--tls-certificate",
                certificate.authority().toString(),
                "--tls-key",
                directory.resolve("tls/server.key").toString());
        joining.start();
        joining.awaitReady(Duration.ofSeconds(40));

        assertThat(cluster.servers().get(0).get("/api/v1/cluster", cluster.token()))
                .contains("n2");
    }
}
