package dev.attune.cli.output;

import java.util.concurrent.TimeUnit;

/** A line on the error stream that says how far long work is; silent when nobody looks. Used by one thread. */
public final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Terminal terminal;
    private final String what;
    private final long total;
    private long drawnNanos = System.nanoTime() - REDRAW_NANOS;
    private boolean drawn;

    Progress(Terminal terminal, String what, long total) {
        this.terminal = terminal;
        this.what = what;
        this.total = total;
    }

    /** Says that {@code done} units are done. */
    public void at(long done) {
        if (!terminal.interactive() || System.nanoTime() - drawnNanos < REDRAW_NANOS) return;
        drawnNanos = System.nanoTime();
        drawn = true;
        String share = total > 0 ? " of " + total + " (" + 100 * done / total + " %)" : "";
        terminal.err().print("\r\u001B[K" + what + ": " + done + share);
        terminal.err().flush();
    }

    /** Removes the line. */
    @Override
    public void close() {
        if (drawn) terminal.err().print("\r\u001B[K");
        terminal.err().flush();
    }
}
