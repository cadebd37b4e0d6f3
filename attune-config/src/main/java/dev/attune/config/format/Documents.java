package dev.attune.config.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads files: checks them and finds their keys. Work and memory are bounded for any input by {@link FlatKeys} and
 * by the bounds given to each parser.
 */
public final class Documents {
    /** How deep maps and lists may nest. */
    public static final int DEPTH_MAX = 64;

    private Documents() {}

    /**
     * The keys of a file, flattened ({@code a.b}, {@code a[0].c}) and in document order; null when its format has
     * none. Empty maps, empty lists and null have the empty value.
     *
     * @throws InvalidDocumentException when the text is not UTF-8, not valid in its format, repeats a key or is out of
     *     bounds
     */
    public static @Nullable Map<String, String> keys(String file, Bytes bytes) {
        return Document.read(file, bytes).keys();
    }

    /**
     * A file that has keys as a JSON tree.
     *
     * @throws InvalidDocumentException as {@link #keys} does
     */
    public static JsonNode tree(String file, Bytes bytes) {
        return Document.read(file, bytes).tree();
    }

    /**
     * The text of a file.
     *
     * @throws InvalidDocumentException when it is not UTF-8
     */
    public static String decode(Bytes bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = bytes.toBuffer();
        CharBuffer out = CharBuffer.allocate(bytes.size());
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        if (result.isError()) throw Place.of(out, out.length()).invalid("not UTF-8");
        return out.toString();
    }
}
