package dev.attune.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What callers of a {@link PeerTransport} rely on. */
public abstract class TransportContract {
    protected static final MemberId A = new MemberId("a");
    protected static final MemberId B = new MemberId("b");
    private static final Duration LONG = Duration.ofSeconds(10);

    /** The transport of a member of one network, in which all members can reach each other. */
    protected abstract PeerTransport member(MemberId id) throws Exception;

    @Test
    void calledMember_answersAndKnowsTheCaller() throws Exception {
        member(B).serve(7, (from, message) -> CompletableFuture.completedFuture(bytes(from + ":" + text(message))));

        byte[] answer = member(A).call(B, 7, bytes("hello"), LONG).get(10, TimeUnit.SECONDS);

        assertThat(text(answer)).isEqualTo("a:hello");
    }

    @Test
    void bothDirections_workAtTheSameTime() throws Exception {
        member(A).serve(1, (from, message) -> CompletableFuture.completedFuture(bytes("from a")));
        member(B).serve(1, (from, message) -> CompletableFuture.completedFuture(bytes("from b")));

        var atB = member(A).call(B, 1, bytes(""), LONG);
        var atA = member(B).call(A, 1, bytes(""), LONG);

        assertThat(text(atB.get(10, TimeUnit.SECONDS))).isEqualTo("from b");
        assertThat(text(atA.get(10, TimeUnit.SECONDS))).isEqualTo("from a");
    }

    @Test
    void messages_arriveInTheOrderOfTheCalls() throws Exception {
        var seen = new LinkedBlockingQueue<Integer>();
        member(B).serve(2, (from, message) -> {
            seen.add(Integer.parseInt(text(message)));
            return CompletableFuture.completedFuture(new byte[0]);
        });

        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add(i);
            member(A).send(B, 2, bytes(Integer.toString(i)));
        }

        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 2000; i++) arrived.add(seen.poll(10, TimeUnit.SECONDS));
        assertThat(arrived).isEqualTo(sent);
    }

    @Test
    void refusedRequest_carriesTheHandlersCode() throws Exception {
        member(B)
                .serve(
                        3,
                        (from, message) ->
                                CompletableFuture.failedFuture(new AttuneException(ErrorCode.NOT_LEADER, "ask c")));

        var answer = member(A).call(B, 3, bytes(""), LONG);

        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessage("ask c")
                .satisfies(e -> assertThat(((AttuneException) e).code()).isEqualTo(ErrorCode.NOT_LEADER));
    }

    @Test
    void unansweredRequest_endsWithUnknownOutcome() throws Exception {
        var asked = new CountDownLatch(1);
        member(B).serve(4, (from, message) -> {
            asked.countDown();
            return new CompletableFuture<>();
        });

        var answer = member(A).call(B, 4, bytes(""), Duration.ofMillis(500));

        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(codeOf(answer)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    }

    @Test
    void unreachableMember_certainlyGotNothing() throws Exception {
        var answer = member(A).call(new MemberId("nowhere"), 1, bytes(""), LONG);

        assertThat(codeOf(answer)).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void unservedService_isRefused() throws Exception {
        PeerTransport unused = member(B);

        assertThat(codeOf(member(A).call(B, 99, bytes(""), LONG))).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void stoppedMember_isReportedToThoseConnected() throws Exception {
        var lost = new LinkedBlockingQueue<MemberId>();
        member(B).serve(1, (from, message) -> CompletableFuture.completedFuture(message));
        member(A).onDisconnect(lost::add);
        member(A).call(B, 1, bytes(""), LONG).join();

        member(B).close();

        assertThat(lost.poll(10, TimeUnit.SECONDS)).isEqualTo(B);
    }

    @Test
    void largeRequest_arrivesWhole() throws Exception {
        member(B).serve(1, (from, message) -> CompletableFuture.completedFuture(message));
        byte[] large = new byte[4 << 20];
        for (int i = 0; i < large.length; i++) large[i] = (byte) (i * 31);

        assertThat(member(A).call(B, 1, large, LONG).get(10, TimeUnit.SECONDS)).isEqualTo(large);
    }

    protected static ErrorCode codeOf(CompletableFuture<byte[]> answer) throws Exception {
        Throwable failure = answer.handle((result, error) -> error).get(10, TimeUnit.SECONDS);
        assertThat(failure).isInstanceOf(AttuneException.class);
        return ((AttuneException) failure).code();
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
