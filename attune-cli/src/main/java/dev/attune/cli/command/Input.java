package dev.attune.cli.command;

import dev.attune.cli.output.Terminal;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Bytes that a command is given: from a file, or from standard input for {@code -}. */
final class Input {
    /** Largest input; the server's own limits are below it. */
    static final int BYTES_MAX = 16 * 1024 * 1024;

    private Input() {}

    static byte[] read(String source, Terminal terminal, Path workingDirectory) throws IOException {
        byte[] bytes;
        if (source.equals("-")) {
            bytes = terminal.in().readNBytes(BYTES_MAX + 1);
        } else {
            Path path = workingDirectory.resolve(source);
            try (var in = Files.newInputStream(path)) {
                bytes = in.readNBytes(BYTES_MAX + 1);
            } catch (NoSuchFileException e) {
                throw new IllegalArgumentException("no such file: " + source, e);
            }
        }
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(source + ": too large (expected: at most " + BYTES_MAX + " bytes)");
        }
        return bytes;
    }

    /** The bytes as UTF-8, refused when they are not. */
    static String text(byte[] bytes, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + ": not UTF-8 text", e);
        }
    }
}
