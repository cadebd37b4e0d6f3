package dev.attune.server.http;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes paths and queries once and strictly; anything odd is refused rather than repaired. */
final class Percent {
    private Percent() {}

    /**
     * The undecoded segments of a path. Refused: empty segments, {@code .} and {@code ..} also when encoded, path
     * parameters ({@code ;}), backslashes and control characters.
     */
    static List<String> segments(String path) {
        if (!path.startsWith("/")) throw bad("path: not absolute");
        List<String> segments = new ArrayList<>();
        for (String raw : path.substring(1).split("/", -1)) {
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c <= ' ' || c >= 0x7f || c == ';' || c == '\\') throw bad("path: an unencoded special character");
            }
            String decoded = new String(bytes(raw, false).unsafeArray(), StandardCharsets.ISO_8859_1);
            if (decoded.isEmpty() || decoded.equals(".") || decoded.equals(".."))
                throw bad("path: an empty or dot segment");
            segments.add(raw);
        }
        return segments;
    }

    /** The undecoded parameters of a query; one given twice is refused. */
    static Map<String, String> query(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query.isEmpty()) return parameters;
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) continue;
            int equals = pair.indexOf('=');
            String name = utf8(bytes(equals < 0 ? pair : pair.substring(0, equals), true));
            if (parameters.put(name, equals < 0 ? "" : pair.substring(equals + 1)) != null)
                throw bad("query: a parameter is given twice");
        }
        return parameters;
    }

    static String text(String raw) {
        return utf8(bytes(raw, false));
    }

    static String utf8(Bytes bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.unsafeArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "text: not UTF-8", e);
        }
    }

    static Bytes bytes(String raw, boolean plusIsSpace) {
        byte[] decoded = new byte[raw.length()];
        int size = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()) throw bad("percent encoding: cut off");
                decoded[size++] = (byte) (hex(raw.charAt(i + 1)) << 4 | hex(raw.charAt(i + 2)));
                i += 2;
            } else if (c > 0x7f) {
                throw bad("percent encoding: an unencoded special character");
            } else {
                decoded[size++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        return Bytes.wrap(Arrays.copyOf(decoded, size));
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        throw bad("percent encoding: not hexadecimal");
    }

    private static AttuneException bad(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
