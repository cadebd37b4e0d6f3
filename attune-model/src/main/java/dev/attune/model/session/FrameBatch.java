package dev.attune.model.session;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.function.Consumer;

/** A message: frames one after the other, each with its length in front. */
public final class FrameBatch {
    private FrameBatch() {}

    /** Appends one encoded frame to a message. */
    public static void append(Encoder message, byte[] frame) {
        message.bytes(frame);
    }

    /** Appends a frame that consists of a head of its own and a body shared with other receivers. */
    public static void append(Encoder message, byte[] head, byte[] body) {
        message.varint((long) head.length + body.length);
        message.raw(head, 0, head.length);
        message.raw(body, 0, body.length);
    }

    /** Hands each frame of a message to {@code frames}, in order; malformed lengths are refused before use. */
    public static void read(byte[] message, int offset, int length, Consumer<Decoder> frames) {
        Decoder in = new Decoder(message, offset, length);
        while (in.remaining() > 0) frames.accept(in.slice());
    }
}
