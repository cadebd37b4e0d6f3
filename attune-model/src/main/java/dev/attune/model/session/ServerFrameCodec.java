package dev.attune.model.session;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.rollout.Directive;
import dev.attune.model.rollout.RolloutCodec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.KvCodec;
import dev.attune.model.wire.MalformedException;

/** Bytes ↔ {@link ServerFrame}. Wire-stable: numbers are only ever added. */
public final class ServerFrameCodec {
    private static final int HELLO = 1;
    private static final int RESULT = 2;
    private static final int FAILURE = 3;
    private static final int EVENTS = 4;
    private static final int PROGRESS = 5;
    private static final int CANCELLED = 6;
    private static final int PONG = 7;
    private static final int CONFIG = 8;
    private static final int RELEASED = 9;
    private static final int DIRECTED = 10;

    private ServerFrameCodec() {}

    /** The frame without its length prefix. */
    public static byte[] encode(ServerFrame frame) {
        Encoder out = new Encoder(64);
        frame.accept(new Writer(out));
        return out.toArray();
    }

    /** The part of an {@link ServerFrame.Events} frame before the shared bytes. */
    public static byte[] eventsHead(long id) {
        return new Encoder(16).byteValue(EVENTS).varint(id).toArray();
    }

    /** The part of a {@link ServerFrame.Config} frame before the shared bytes. */
    public static byte[] configHead(long id) {
        return new Encoder(16).byteValue(CONFIG).varint(id).toArray();
    }

    /** The part of a {@link ServerFrame.Directed} frame before the shared bytes of its update. */
    public static byte[] directedHead(long id, Directive directive) {
        Encoder out = new Encoder(32).byteValue(DIRECTED).varint(id);
        return RolloutCodec.write(out, directive).toArray();
    }

    /** Reads one frame, all of {@code in}. */
    public static ServerFrame decode(Decoder in) {
        int kind = in.byteValue();
        long id = in.varint();
        try {
            ServerFrame frame = body(kind, id, in);
            in.expectEnd();
            return frame;
        } catch (MalformedException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ServerFrame body(int kind, long id, Decoder in) {
        switch (kind) {
            case HELLO:
                return new ServerFrame.Hello(
                        in.text(), in.text(), in.text(), in.varint(), in.varint(Integer.MAX_VALUE));
            case RESULT:
                return new ServerFrame.Result(id, in.varint(), in.bool() ? KvCodec.readResult(in) : null);
            case FAILURE:
                return new ServerFrame.Failure(id, code(in), in.text(), in.varint());
            case EVENTS:
                return new ServerFrame.Events(id, Bytes.wrap(in.rest()));
            case PROGRESS:
                return new ServerFrame.Progress(id, in.varint());
            case CANCELLED:
                return new ServerFrame.Cancelled(id, code(in), in.text(), in.varint());
            case PONG:
                return new ServerFrame.Pong(id);
            case CONFIG:
                return new ServerFrame.Config(id, Bytes.wrap(in.rest()));
            case RELEASED:
                return new ServerFrame.Released(id, in.varint(), in.bool(), ConfigCodec.readRelease(in, in.varint()));
            case DIRECTED:
                return new ServerFrame.Directed(id, RolloutCodec.readDirective(in), Bytes.wrap(in.rest()));
            default:
                throw new MalformedException("frame kind: " + kind + " (expected: 1..10)");
        }
    }

    private static ErrorCode code(Decoder in) {
        return ErrorCode.of(in.varint(Integer.MAX_VALUE));
    }

    private record Writer(Encoder out) implements ServerFrame.Handler {
        private Encoder head(int kind, ServerFrame frame) {
            return out.byteValue(kind).varint(frame.id());
        }

        @Override
        public void hello(ServerFrame.Hello frame) {
            head(HELLO, frame).text(frame.clusterId()).text(frame.memberId()).text(frame.serverVersion());
            out.varint(frame.revision()).varint(frame.inFlightMax());
        }

        @Override
        public void result(ServerFrame.Result frame) {
            head(RESULT, frame).varint(frame.revision()).bool(frame.result() != null);
            if (frame.result() != null) KvCodec.write(out, frame.result());
        }

        @Override
        public void failure(ServerFrame.Failure frame) {
            head(FAILURE, frame).varint(frame.code().number()).text(frame.message());
            out.varint(frame.retryAfterMillis());
        }

        @Override
        public void events(ServerFrame.Events frame) {
            head(EVENTS, frame);
            byte[] encoded = frame.encoded().unsafeArray();
            out.raw(encoded, 0, encoded.length);
        }

        @Override
        public void progress(ServerFrame.Progress frame) {
            head(PROGRESS, frame).varint(frame.revision());
        }

        @Override
        public void cancelled(ServerFrame.Cancelled frame) {
            head(CANCELLED, frame).varint(frame.code().number()).text(frame.message());
            out.varint(frame.compactedRevision());
        }

        @Override
        public void pong(ServerFrame.Pong frame) {
            head(PONG, frame);
        }

        @Override
        public void config(ServerFrame.Config frame) {
            head(CONFIG, frame);
            byte[] encoded = frame.encoded().unsafeArray();
            out.raw(encoded, 0, encoded.length);
        }

        @Override
        public void released(ServerFrame.Released frame) {
            head(RELEASED, frame).varint(frame.revision()).bool(frame.created());
            out.varint(frame.release().revision());
            ConfigCodec.write(out, frame.release());
        }

        @Override
        public void directed(ServerFrame.Directed frame) {
            byte[] head = directedHead(frame.id(), frame.directive());
            byte[] encoded = frame.encoded().unsafeArray();
            out.raw(head, 0, head.length).raw(encoded, 0, encoded.length);
        }
    }
}
