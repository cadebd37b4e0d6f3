package dev.attune.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.Json;
import dev.attune.server.node.NodeOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Asks a running cluster to take this node in as a learner, once, before its first start. */
final class JoinCall {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private JoinCall() {}

    /**
     * The cluster to join.
     *
     * @param base {@code http://host:port} or {@code https://host:port} of one of its nodes
     * @param trust whose certificates are accepted; empty for those that the JDK trusts
     */
    record Centre(String base, Optional<SSLContext> trust) {}

    /** @param witness whether this node will vote and keep no data */
    static NodeOptions.Joining join(Centre centre, String token, Member self, boolean witness) throws IOException {
        ObjectNode body = Json.object()
                .put("id", self.id().value())
                .put("peerAddress", self.peerAddress())
                .put("apiAddress", self.apiAddress())
                .put("witness", witness);
        URI uri = URI.create(centre.base() + "/api/v1/cluster/members");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body).unsafeArray()))
                .build();
        HttpResponse<byte[]> response;
        try {
            HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
            if (centre.trust().isPresent()) client.sslContext(centre.trust().get());
            response = client.build().send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while joining", e);
        }
        JsonNode answer = Json.tree(Bytes.wrap(response.body()));
        if (response.statusCode() != 200)
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "the cluster at " + uri.getAuthority() + " refused: "
                            + answer.path("detail").asText("status " + response.statusCode()));
        return new NodeOptions.Joining(answer.path("networkId").asText(), members(answer));
    }

    private static List<Member> members(JsonNode answer) {
        List<Member> members = new ArrayList<>();
        for (JsonNode each : answer.path("members")) {
            String peerAddress = each.path("peerAddress").asText("");
            if (peerAddress.isEmpty()) continue;
            members.add(new Member(
                    new MemberId(each.path("id").asText()),
                    peerAddress,
                    each.path("apiAddress").asText("")));
        }
        return members;
    }
}
