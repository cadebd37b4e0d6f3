package dev.attune.e2e.guarded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection to a local HTTP server, for requests one after another. A load of hundreds of requests a second has to leave
 * the processors to those who answer, and does without all that a client library would do besides. One thread at a time.
 */
final class PlainConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LINE_MAX = 8_192;
    /** Less than what servers let a connection rest. */
    private static final long REST_NANOS_MAX = 5_000_000_000L;

    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final InputStream in;
    private boolean ended;
    private long usedNanos = System.nanoTime();

    PlainConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The status of the answer, whose body is read and dropped. */
    int get(String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 ")) throw new IOException("no status: " + status);
        int length = -1;
        for (String header = line().toLowerCase(Locale.ROOT);
                !header.isEmpty();
                header = line().toLowerCase(Locale.ROOT)) {
            if (header.startsWith(LENGTH))
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            ended |= header.equals("connection: close");
        }
        if (length < 0) throw new IOException("an answer without a length");
        in.skipNBytes(length);
        usedNanos = System.nanoTime();
        return Integer.parseInt(status.substring(9, 12));
    }

    /** Whether it can be asked once more. */
    boolean isFresh() {
        return !ended && System.nanoTime() - usedNanos < REST_NANOS_MAX;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > LINE_MAX) throw new IOException("the answer ends within a line");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
