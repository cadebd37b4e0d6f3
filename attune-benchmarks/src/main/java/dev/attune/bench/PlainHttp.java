package dev.attune.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that is asked one thing at a time and costs next to nothing, so that on a small machine the load leaves
 * the processor to what is measured. HTTP/1.1 with lengths, as the node answers; no chunks, no redirects. One thread.
 */
final class PlainHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int BODY_BYTES_MAX = 1 << 20;

    private final Socket socket;
    private final InputStream in;
    private final String endpoint;
    private final String token;

    /** @param endpoint host and port */
    PlainHttp(String endpoint, String token) throws IOException {
        int colon = endpoint.lastIndexOf(':');
        this.endpoint = endpoint;
        this.token = token;
        socket = new Socket(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 8 << 10);
    }

    /**
     * The status.
     *
     * @param header one more line, or empty
     */
    int put(String path, String header, byte[] body) throws IOException {
        byte[] head = ("PUT " + path + " HTTP/1.1\r\nHost: " + endpoint + "\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Length: " + body.length + "\r\n" + header + (header.isEmpty() ? "" : "\r\n")
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        socket.getOutputStream().write(all);
        int status = Integer.parseInt(line().substring(9, 12));
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line())
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                length = Integer.parseInt(line.substring(15).strip());
        if (length > BODY_BYTES_MAX) throw new IOException("answer: " + length + " bytes");
        in.skipNBytes(length);
        return status;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            int next = in.read();
            if (next < 0) throw new EOFException("the node closed the connection");
            if (next == '\n') return line.toString();
            if (next != '\r') line.append((char) next);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
