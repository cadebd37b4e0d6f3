package dev.attune.server.grpc;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.function.Consumer;

/**
 * Cuts the bytes of one call into messages: a compression mark, four bytes of length, the message. A length over the
 * limit is refused before memory is taken for it. For one thread.
 */
final class MessageReader {
    private static final int PREFIX_LENGTH = 5;

    private final int bytesMax;
    private final byte[] prefix = new byte[PREFIX_LENGTH];
    private int prefixSize;
    private byte[] message = new byte[0];
    private int size;
    private boolean inMessage;

    MessageReader(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes the next bytes and hands on every message that they complete. */
    void read(byte[] bytes, Consumer<byte[]> onMessage) {
        int at = 0;
        while (at < bytes.length || (inMessage && size == message.length)) {
            if (inMessage) {
                int part = Math.min(message.length - size, bytes.length - at);
                System.arraycopy(bytes, at, message, size, part);
                size += part;
                at += part;
                if (size < message.length) return;
                inMessage = false;
                onMessage.accept(message);
            } else {
                int part = Math.min(PREFIX_LENGTH - prefixSize, bytes.length - at);
                System.arraycopy(bytes, at, prefix, prefixSize, part);
                prefixSize += part;
                at += part;
                if (prefixSize == PREFIX_LENGTH) begin();
            }
        }
    }

    private void begin() {
        prefixSize = 0;
        if (prefix[0] != 0)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "message: compressed (expected: identity)");
        long length =
                (prefix[1] & 0xffL) << 24 | (prefix[2] & 0xffL) << 16 | (prefix[3] & 0xffL) << 8 | prefix[4] & 0xffL;
        if (length > bytesMax)
            throw new AttuneException(
                    ErrorCode.TOO_LARGE, "message: " + length + " bytes (expected: <= " + bytesMax + ")");
        message = new byte[(int) length];
        size = 0;
        inMessage = true;
    }

    /** Whether the bytes so far end with a whole message. */
    boolean isWhole() {
        return !inMessage && prefixSize == 0;
    }
}
