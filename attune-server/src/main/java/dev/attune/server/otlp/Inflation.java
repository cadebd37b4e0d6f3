package dev.attune.server.otlp;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Takes a body out of its content encoding, and stops as soon as it is larger than it may be. */
final class Inflation {
    private Inflation() {}

    /**
     * The body itself.
     *
     * @param encoding of the request: none, {@code identity} or {@code gzip}
     * @param bytesMax most bytes of the result
     */
    static byte[] plain(Bytes body, String encoding, int bytesMax) {
        if (encoding.isEmpty() || encoding.equalsIgnoreCase("identity")) return body.unsafeArray();
        if (!encoding.equalsIgnoreCase("gzip"))
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "Content-Encoding: not understood (expected: gzip or none)");
        byte[] plain = new byte[Math.min(bytesMax, Math.max(1 << 10, body.size() * 4))];
        int size = 0;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body.unsafeArray()))) {
            while (true) {
                int read = in.read(plain, size, plain.length - size);
                if (read < 0) return Arrays.copyOf(plain, size);
                size += read;
                if (size < plain.length) continue;
                if (size == bytesMax && in.read() >= 0)
                    throw new AttuneException(
                            ErrorCode.TOO_LARGE, "body: inflates to more than " + bytesMax + " bytes");
                plain = Arrays.copyOf(plain, Math.min(bytesMax, size * 2) + (size == bytesMax ? 1 : 0));
            }
        } catch (IOException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "body: not valid gzip", e);
        }
    }
}
