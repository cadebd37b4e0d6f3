package dev.attune.cli.output;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes: answers on {@code out}, everything about them on {@code err}.
 *
 * @param interactive a person looks at {@code err}, so progress is worth drawing
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
    /** This process's own streams, in UTF-8. */
    public static Terminal system() {
        return new Terminal(
                System.in,
                new PrintStream(
                        new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8),
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8),
                // The launcher knows; System.console() also asks about standard input, which may be a file.
                Boolean.getBoolean("attune.interactive"));
    }

    /** Prints text of others without its control characters, then a newline. */
    public void print(String text) {
        out.println(SafeText.of(text));
        out.flush();
    }

    /** Says something about the work on {@code err}. */
    public void say(String text) {
        err.println(SafeText.of(text));
    }

    /** A progress line for work of {@code total} units; {@code total} is 0 when it is not known. */
    public Progress progress(String what, long total) {
        return new Progress(this, what, total);
    }
}
