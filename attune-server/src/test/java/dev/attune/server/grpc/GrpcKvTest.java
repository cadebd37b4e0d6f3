package dev.attune.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.attune.model.Bytes;
import dev.attune.server.api.RunningNode;
import dev.attune.server.http.Json;
import dev.attune.v1.CompactRequest;
import dev.attune.v1.CompactResponse;
import dev.attune.v1.Compare;
import dev.attune.v1.DeleteRangeRequest;
import dev.attune.v1.DeleteRangeResponse;
import dev.attune.v1.KeyValue;
import dev.attune.v1.Keys;
import dev.attune.v1.KvProto;
import dev.attune.v1.LeaseGrantRequest;
import dev.attune.v1.LeaseGrantResponse;
import dev.attune.v1.LeaseKeepAliveRequest;
import dev.attune.v1.LeaseKeepAliveResponse;
import dev.attune.v1.LeaseRevokeRequest;
import dev.attune.v1.LeaseRevokeResponse;
import dev.attune.v1.Operation;
import dev.attune.v1.Problem;
import dev.attune.v1.PutRequest;
import dev.attune.v1.PutResponse;
import dev.attune.v1.RangeRequest;
import dev.attune.v1.RangeResponse;
import dev.attune.v1.SortOrder;
import dev.attune.v1.SortTarget;
import dev.attune.v1.TxnRequest;
import dev.attune.v1.TxnResponse;
import dev.attune.v1.WatchCancel;
import dev.attune.v1.WatchCreate;
import dev.attune.v1.WatchProgress;
import dev.attune.v1.WatchRequest;
import dev.attune.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code attune.v1.Kv} as gRPC's own Java client sees it, over a real node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GrpcKvTest {
    /** What each method demands, written by hand; one without a line fails the build. */
    private static final Map<String, String> NEEDS = Map.of(
            "Range", "reader",
            "Watch", "reader",
            "Put", "publisher",
            "DeleteRange", "publisher",
            "Txn", "publisher",
            "LeaseGrant", "publisher",
            "LeaseRevoke", "publisher",
            "LeaseKeepAlive", "publisher",
            "Compact", "admin");

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private KvClientStub client;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = RunningNode.start(directory.resolve("data"));
        client = new KvClientStub(node.port());
    }

    @AfterAll
    void stop() {
        client.close();
        node.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static Keys key(String text) {
        return Keys.newBuilder().setKey(bytes(text)).build();
    }

    private static Keys prefix(String text) {
        return Keys.newBuilder().setPrefix(bytes(text)).build();
    }

    private long put(String key, String value) {
        return client.call(
                        "Put",
                        node.administrator(),
                        PutRequest.newBuilder()
                                .setKey(bytes(key))
                                .setValue(bytes(value))
                                .build(),
                        PutResponse.getDefaultInstance())
                .getRevision();
    }

    private RangeResponse range(RangeRequest request) {
        return client.call("Range", node.administrator(), request, RangeResponse.getDefaultInstance());
    }

    @Test
    @DisplayName("the definition's methods are exactly those served, and each demands what is written here")
    void everyMethod_answersOnlyWhomItsPermissionAllows() throws Exception {
        Set<String> defined = new TreeSet<>();
        KvProto.getDescriptor().findServiceByName("Kv").getMethods().forEach(each -> defined.add(each.getName()));
        Set<String> served = new TreeSet<>();
        node.guestCalls().forEach(each -> served.add(each.substring("/attune.v1.Kv/".length())));
        assertThat(served).isEqualTo(defined).isEqualTo(new TreeSet<>(NEEDS.keySet()));

        List<String> roles = List.of("reader", "publisher", "admin");
        String everything =
                "{\"name\":\"all\",\"role\":\"scoped\",\"grants\":[{\"verbs\":[\"admin\",\"read-secret\"]}]}";
        String scoped = Json.tree(Bytes.utf8(node.call("POST", "/api/v1/tokens", node.administrator(), everything)
                        .body()))
                .get("token")
                .asText();
        for (String method : defined) {
            assertThat(status(method, "")).as(method).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(status(method, "attune_" + "x".repeat(43))).as(method).isEqualTo(Status.Code.UNAUTHENTICATED);
            for (String role : roles) {
                boolean allowed = roles.indexOf(role) >= roles.indexOf(NEEDS.get(method));
                Status.Code code = status(method, node.token(role));
                if (allowed)
                    assertThat(code)
                            .as(method + " " + role)
                            .isNotIn(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED);
                else assertThat(code).as(method + " " + role).isEqualTo(Status.Code.PERMISSION_DENIED);
            }
            // Raw keys know no files: whatever a scoped token may do to files, it has no part in them.
            assertThat(status(method, scoped)).as(method + " scoped").isEqualTo(Status.Code.PERMISSION_DENIED);
        }
    }

    /** How a call with an empty message ends: of every type it is the same no bytes. */
    private Status.Code status(String method, String token) {
        StreamProbe<PutRequest, PutResponse> probe = new StreamProbe<>(client.open(
                method, token, PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance(), CallOptions.DEFAULT));
        probe.send(PutRequest.getDefaultInstance());
        probe.halfClose();
        return probe.end().getCode();
    }

    @Test
    void keys_arePutReadAndDeleted() {
        long first = put("a/1", "x");
        long second = put("a/2", "y");
        put("b", "z");

        RangeResponse all = range(RangeRequest.newBuilder()
                .setKeys(prefix("a/"))
                .setSortTarget(SortTarget.SORT_TARGET_KEY)
                .setSortOrder(SortOrder.SORT_ORDER_DESCENDING)
                .build());
        assertThat(all.getKeyValuesList()).extracting(KeyValue::getKey).containsExactly(bytes("a/2"), bytes("a/1"));
        assertThat(all.getKeyValues(1))
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(bytes("a/1"))
                        .setValue(bytes("x"))
                        .setCreateRevision(first)
                        .setModRevision(first)
                        .setVersion(1)
                        .build());

        RangeResponse past = range(RangeRequest.newBuilder()
                .setKeys(prefix("a/"))
                .setRevision(first)
                .build());
        assertThat(past.getKeyValuesList()).hasSize(1);
        RangeResponse stale = range(RangeRequest.newBuilder()
                .setKeys(key("a/2"))
                .setStale(true)
                .setMinRevision(second)
                .build());
        assertThat(stale.getKeyValuesList()).hasSize(1);

        DeleteRangeResponse deleted = client.call(
                "DeleteRange",
                node.administrator(),
                DeleteRangeRequest.newBuilder()
                        .setKeys(prefix("a/"))
                        .setPrevious(true)
                        .build(),
                DeleteRangeResponse.getDefaultInstance());
        assertThat(deleted.getDeleted()).isEqualTo(2);
        assertThat(deleted.getPreviousList()).hasSize(2);
    }

    @Test
    void transaction_comparesThenActsAtOneRevision() {
        put("t/guard", "1");
        TxnRequest swap = TxnRequest.newBuilder()
                .addCompares(Compare.newBuilder().setKeys(key("t/guard")).setValue(bytes("1")))
                .addThen(Operation.newBuilder()
                        .setPut(PutRequest.newBuilder()
                                .setKey(bytes("t/guard"))
                                .setValue(bytes("2"))
                                .setPrevious(true)))
                .addThen(Operation.newBuilder()
                        .setTxn(TxnRequest.newBuilder()
                                .addThen(Operation.newBuilder()
                                        .setPut(PutRequest.newBuilder().setKey(bytes("t/inner"))))))
                .addOtherwise(Operation.newBuilder()
                        .setRange(RangeRequest.newBuilder().setKeys(key("t/guard"))))
                .build();

        TxnResponse first = client.call("Txn", node.administrator(), swap, TxnResponse.getDefaultInstance());
        TxnResponse second = client.call("Txn", node.administrator(), swap, TxnResponse.getDefaultInstance());

        assertThat(first.getSucceeded()).isTrue();
        assertThat(first.getResults(0).getPut().getPrevious().getValue()).isEqualTo(bytes("1"));
        assertThat(first.getResults(1).getTxn().getSucceeded()).isTrue();
        assertThat(second.getSucceeded()).isFalse();
        assertThat(second.getResults(0).getRange().getKeyValues(0).getValue()).isEqualTo(bytes("2"));
        assertThat(second.getRevision()).isEqualTo(first.getRevision());
    }

    @Test
    @DisplayName("G4: a put repeated under one request id has one effect")
    void repeatedRequestId_hasOneEffect() {
        Metadata id = new Metadata();
        id.put(Metadata.Key.of("attune-request-id", Metadata.ASCII_STRING_MARSHALLER), "c0ffee-1");
        PutRequest request = PutRequest.newBuilder().setKey(bytes("once")).build();

        long first = client.call("Put", id, node.administrator(), request, PutResponse.getDefaultInstance())
                .getRevision();
        client.call("Put", id, node.administrator(), request, PutResponse.getDefaultInstance());

        RangeResponse read =
                range(RangeRequest.newBuilder().setKeys(key("once")).build());
        assertThat(read.getKeyValues(0).getVersion()).isEqualTo(1);
        assertThat(read.getKeyValues(0).getModRevision()).isEqualTo(first);
    }

    @Test
    @DisplayName("a failure says its stable code, in trailers and as a detail of the status")
    void failure_carriesTheStableCode() throws InvalidProtocolBufferException {
        StatusRuntimeException refused = refusal(RangeRequest.newBuilder()
                .setKeys(key("a"))
                .setRevision(1L << 40)
                .build());

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        var details = StatusProto.fromThrowable(refused);
        assertThat(details).isNotNull();
        Problem problem = details.getDetails(0).unpack(Problem.class);
        assertThat(problem.getCode()).isEqualTo("FUTURE_REVISION");
        assertThat(problem.getRetry()).isEqualTo("NEVER");
        assertThat(problem.getNext()).isNotBlank();
        Metadata trailers = refused.getTrailers();
        assertThat(trailers).isNotNull();
        assertThat(trailers.get(Metadata.Key.of("attune-code", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("FUTURE_REVISION");
    }

    private StatusRuntimeException refusal(RangeRequest request) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> range(request));
        assertThat(refused).isNotNull();
        return refused;
    }

    @Test
    void systemKeys_areDenied() {
        assertThat(refusal(RangeRequest.newBuilder().setKeys(key("\0token/")).build())
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        RangeResponse all = range(RangeRequest.newBuilder().setKeys(prefix("")).build());
        assertThat(all.getKeyValuesList()).noneMatch(each -> each.getKey().byteAt(0) == 0);
    }

    @Test
    void malformedRequests_areRefusedWithWhatWasExpected() {
        assertThat(refusal(RangeRequest.getDefaultInstance()).getStatus().getDescription())
                .contains("expected: key, prefix or interval");
        assertThat(refusal(RangeRequest.newBuilder()
                                .setKeys(key("a"))
                                .setSortOrderValue(77)
                                .build())
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThatThrownBy(() -> client.call(
                        "Nothing",
                        node.administrator(),
                        PutRequest.getDefaultInstance(),
                        PutResponse.getDefaultInstance()))
                .hasMessageContaining("UNIMPLEMENTED");
    }

    @Test
    @DisplayName("O3: a message over the limit, and a compressed one, are refused")
    void largeAndCompressedMessages_areRefused() {
        PutRequest large = PutRequest.newBuilder()
                .setKey(bytes("large"))
                .setValue(ByteString.copyFrom(new byte[(1 << 20) + 1]))
                .build();
        assertThatThrownBy(() -> client.call("Put", node.administrator(), large, PutResponse.getDefaultInstance()))
                .hasMessageContaining("RESOURCE_EXHAUSTED");

        StreamProbe<PutRequest, PutResponse> zipped = new StreamProbe<>(client.open(
                "Put",
                node.administrator(),
                PutRequest.getDefaultInstance(),
                PutResponse.getDefaultInstance(),
                CallOptions.DEFAULT.withCompression("gzip")));
        zipped.send(large);
        zipped.halfClose();
        assertThat(zipped.end().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    private StreamProbe<WatchRequest, WatchResponse> watch(String token) {
        return new StreamProbe<>(client.open(
                "Watch",
                token,
                WatchRequest.getDefaultInstance(),
                WatchResponse.getDefaultInstance(),
                CallOptions.DEFAULT));
    }

    private static WatchRequest create(long id, Keys keys, long from) {
        return WatchRequest.newBuilder()
                .setCreate(WatchCreate.newBuilder()
                        .setWatchId(id)
                        .setKeys(keys)
                        .setStartRevision(from)
                        .setPrevious(true))
                .build();
    }

    @Test
    @DisplayName("W1, W3, W5: a watch from a past revision delivers history, then what happens, then a progress mark")
    void watch_deliversFromItsStartInOrder() throws Exception {
        long first = put("w/1", "a");
        long second = put("w/1", "b");
        StreamProbe<WatchRequest, WatchResponse> watch = watch(node.token("reader"));

        watch.send(create(7, prefix("w/"), first));

        assertThat(watch.next().hasCreated()).isTrue();
        assertThat(watch.next().getEvents().getRevision()).isEqualTo(first);
        WatchResponse change = watch.next();
        assertThat(change.getWatchId()).isEqualTo(7);
        assertThat(change.getEvents().getRevision()).isEqualTo(second);
        assertThat(change.getEvents().getEvents(0).getPut().getValue()).isEqualTo(bytes("b"));
        assertThat(change.getEvents().getEvents(0).getPrevious().getValue()).isEqualTo(bytes("a"));

        long third = put("w/2", "c");
        assertThat(watch.next().getEvents().getRevision()).isEqualTo(third);
        watch.send(WatchRequest.newBuilder()
                .setProgress(WatchProgress.newBuilder().setWatchId(7))
                .build());
        assertThat(watch.next().getMark().getRevision()).isGreaterThanOrEqualTo(third);
        watch.send(WatchRequest.newBuilder()
                .setCancel(WatchCancel.newBuilder().setWatchId(7))
                .build());
        assertThat(watch.next().hasEnded()).isTrue();
        watch.halfClose();
        assertThat(watch.end().isOk()).isTrue();
    }

    @Test
    @DisplayName("W5: a start that was compacted is told, with the oldest revision left")
    void watchFromACompactedRevision_isTold() throws Exception {
        long first = put("c", "1");
        long last = put("c", "2");
        client.call(
                "Compact",
                node.administrator(),
                CompactRequest.newBuilder().setRevision(last).build(),
                CompactResponse.getDefaultInstance());
        StreamProbe<WatchRequest, WatchResponse> watch = watch(node.administrator());

        watch.send(create(1, key("c"), first));

        assertThat(watch.next().hasCreated()).isTrue();
        WatchResponse ended = watch.next();
        assertThat(ended.getEnded().getProblem().getCode()).isEqualTo("COMPACTED");
        assertThat(ended.getEnded().getCompactedRevision()).isEqualTo(last);
        watch.cancel();
    }

    @Test
    @DisplayName("W11: a client that does not read loses nothing once it does")
    void slowWatcher_losesNothing() throws Exception {
        StreamProbe<WatchRequest, WatchResponse> watch = watch(node.administrator());
        watch.send(create(1, prefix("slow/"), 0));
        assertThat(watch.next().hasCreated()).isTrue();
        String value = "x".repeat(200_000);
        List<Long> written = new ArrayList<>();
        for (int i = 0; i < 40; i++) written.add(put("slow/" + i, value));

        List<Long> seen = new ArrayList<>();
        while (seen.size() < written.size()) seen.add(watch.next().getEvents().getRevision());

        assertThat(seen).isEqualTo(written);
        watch.cancel();
    }

    @Test
    @DisplayName("W10: revoking a token ends its streams")
    void revokedToken_endsItsStream() throws Exception {
        var made = node.call(
                "POST", "/api/v1/tokens", node.administrator(), "{\"name\": \"brief\", \"role\": \"reader\"}");
        var json = dev.attune.server.http.Json.tree(dev.attune.model.Bytes.utf8(made.body()));
        StreamProbe<WatchRequest, WatchResponse> watch = watch(json.get("token").asText());
        watch.send(create(1, prefix("r/"), 0));
        assertThat(watch.next().hasCreated()).isTrue();

        node.call("DELETE", "/api/v1/tokens/" + json.get("id").asText(), node.administrator(), "");

        assertThat(watch.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void lease_isGrantedKeptAliveAndRevoked() throws Exception {
        LeaseGrantResponse granted = client.call(
                "LeaseGrant",
                node.administrator(),
                LeaseGrantRequest.newBuilder().setTtlMillis(60_000).build(),
                LeaseGrantResponse.getDefaultInstance());
        client.call(
                "Put",
                node.administrator(),
                PutRequest.newBuilder()
                        .setKey(bytes("leased"))
                        .setLeaseId(granted.getLeaseId())
                        .build(),
                PutResponse.getDefaultInstance());
        StreamProbe<LeaseKeepAliveRequest, LeaseKeepAliveResponse> alive = new StreamProbe<>(client.open(
                "LeaseKeepAlive",
                node.administrator(),
                LeaseKeepAliveRequest.getDefaultInstance(),
                LeaseKeepAliveResponse.getDefaultInstance(),
                CallOptions.DEFAULT));
        alive.send(LeaseKeepAliveRequest.newBuilder()
                .setLeaseId(granted.getLeaseId())
                .build());
        alive.send(LeaseKeepAliveRequest.newBuilder().setLeaseId(12345).build());

        assertThat(alive.next().getTtlMillis()).isEqualTo(60_000);
        assertThat(alive.next().getTtlMillis()).isZero();
        alive.halfClose();
        assertThat(alive.end().isOk()).isTrue();

        client.call(
                "LeaseRevoke",
                node.administrator(),
                LeaseRevokeRequest.newBuilder().setLeaseId(granted.getLeaseId()).build(),
                LeaseRevokeResponse.getDefaultInstance());
        assertThat(range(RangeRequest.newBuilder().setKeys(key("leased")).build())
                        .getKeyValuesList())
                .isEmpty();
    }

    @Test
    void definition_isServedToAnyone() throws Exception {
        var answer = node.call("GET", "/attune/v1/kv.proto", "", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("package attune.v1;").contains("service Kv");
    }
}
