package dev.attune.model.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.config.Release;
import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionCodecTest {
    private static final Operation PUT = Operation.Put.of(Bytes.utf8("k"), Bytes.utf8("v"));
    private static final Coordinate FILE = new Coordinate("prod", "orders", "default", "a.properties");

    static Stream<ClientFrame> clientFrames() {
        return Stream.of(
                new ClientFrame.Read(1, Operation.Range.of(KeyRange.all()), true, 0),
                new ClientFrame.Write(Long.MAX_VALUE, new RequestId(-5, 9, 3), PUT),
                new ClientFrame.Compact(3, 77),
                new ClientFrame.GrantLease(4, -1, 1000),
                new ClientFrame.RevokeLease(5, 1),
                new ClientFrame.KeepAlive(6, Long.MIN_VALUE),
                new ClientFrame.OpenWatch(
                        7, KeyRange.prefix(Bytes.utf8("p")), 5, ClientFrame.Wants.EVENTS.withPrevious(), 1 << 20),
                new ClientFrame.Credit(7, 100),
                new ClientFrame.CloseStream(7),
                new ClientFrame.Ping(0),
                new ClientFrame.Subscribe(8, InstanceSpec.of("i", "prod", "orders"), List.of("a", "b"), 4, 10),
                new ClientFrame.Publish(9, FILE, Bytes.utf8("a=1"), "why", 0),
                new ClientFrame.RollBack(10, FILE, 3, "", 4),
                new ClientFrame.ReadFile(11, FILE, 0),
                new ClientFrame.Subscribe(12, InstanceSpec.of("i", "prod", "orders"), List.of(), 0, 1, true),
                new ClientFrame.Answered(12, new Answer(Answer.Kind.REJECTED, 7, 3, "not a number")),
                new ClientFrame.Measured(
                        13,
                        List.of(
                                Measurement.now("up", Map.of("zone", "a"), new Measurement.Level(0.5)),
                                Measurement.now("a_total", Map.of(), new Measurement.Total(7))
                                        .at(99),
                                Measurement.now("b_total", Map.of(), new Measurement.Increase(1)),
                                Measurement.now(
                                        "c_seconds",
                                        Map.of(),
                                        new Measurement.Spread(new double[] {0.1, 2}, new double[] {3, 4}, true))),
                        List.of(new LogLine(5, "severe", "It failed"))));
    }

    static Stream<ServerFrame> serverFrames() {
        Release release = new Release(
                2, ReleaseKind.ROLLBACK, "me", "m", 5, 9, 1, "ab".repeat(32), "cd".repeat(16), Bytes.utf8("a=1"));
        return Stream.of(
                new ServerFrame.Hello("c", "m", "v", 9, 100),
                new ServerFrame.Result(1, 9, null),
                new ServerFrame.Result(1, 9, new OperationResult.Delete(3, List.of())),
                new ServerFrame.Failure(2, ErrorCode.OVERLOADED, "later", 50),
                new ServerFrame.Events(3, Bytes.utf8("xyz")),
                new ServerFrame.Progress(3, 8),
                new ServerFrame.Cancelled(3, ErrorCode.COMPACTED, "gone", 6),
                new ServerFrame.Pong(0),
                new ServerFrame.Config(4, Bytes.utf8("c")),
                new ServerFrame.Released(5, 10, true, release),
                new ServerFrame.Directed(6, new Directive(Directive.Kind.PREPARE, 7, 3, 41), Bytes.utf8("update")),
                new ServerFrame.Directed(6, new Directive(Directive.Kind.COMMIT, 7, 4, 42), Bytes.EMPTY));
    }

    @ParameterizedTest
    @MethodSource("clientFrames")
    void clientFrame_readsBackAsWritten(ClientFrame frame) {
        assertThat(ClientFrameCodec.decode(new Decoder(ClientFrameCodec.encode(frame))))
                .isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("serverFrames")
    void serverFrame_readsBackAsWritten(ServerFrame frame) {
        assertThat(ServerFrameCodec.decode(new Decoder(ServerFrameCodec.encode(frame))))
                .isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("clientFrames")
    void cutOrLengthenedClientFrame_isRefused(ClientFrame frame) {
        byte[] whole = ClientFrameCodec.encode(frame);
        for (int length = 0; length < whole.length; length++) {
            Decoder cut = new Decoder(whole, 0, length);
            assertThatThrownBy(() -> ClientFrameCodec.decode(cut)).isInstanceOf(MalformedException.class);
        }
        byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
        assertThatThrownBy(() -> ClientFrameCodec.decode(new Decoder(longer))).isInstanceOf(MalformedException.class);
    }

    @Property
    void anyBytes_areAFrameOrMalformed(@ForAll @Size(max = 200) byte[] input) {
        try {
            FrameBatch.read(input, 0, input.length, ClientFrameCodec::decode);
        } catch (MalformedException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        try {
            FrameBatch.read(input, 0, input.length, ServerFrameCodec::decode);
        } catch (MalformedException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Property
    void batch_readsBackInOrder(@ForAll @Size(max = 50) List<@LongRange(min = 0) Long> ids) {
        Encoder message = new Encoder();
        for (long id : ids) FrameBatch.append(message, ClientFrameCodec.encode(new ClientFrame.Ping(id)));
        byte[] bytes = message.toArray();
        List<Long> read = new ArrayList<>();
        FrameBatch.read(
                bytes,
                0,
                bytes.length,
                in -> read.add(ClientFrameCodec.decode(in).id()));
        assertThat(read).isEqualTo(ids);
    }

    @Test
    void lengthBeyondTheMessage_isRefusedBeforeAllocation() {
        byte[] message = new Encoder().varint(Integer.MAX_VALUE).byteValue(1).toArray();
        assertThatThrownBy(() -> FrameBatch.read(message, 0, message.length, in -> {}))
                .isInstanceOf(MalformedException.class);
    }
}
