package dev.attune.server.http;

import dev.attune.server.auth.Principal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A response body that one thread writes: it waits while more than a few chunks are on their way to the client. */
final class ResponseStream extends OutputStream {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseStream.class);
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int CHUNKS_MAX = 16;
    private static final long STALL_SECONDS_MAX = 60;

    private final HttpServerResponse response;
    private final Semaphore room = new Semaphore(CHUNKS_MAX);
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private volatile boolean gone;
    private int size;

    private ResponseStream(HttpServerResponse response) {
        this.response = response;
    }

    static void start(HttpServerResponse response, Reply.Download download, LiveStreams streams, Principal caller) {
        ResponseStream out = new ResponseStream(response);
        Runnable forget = streams.add(caller, out::abandon);
        response.closeHandler(closed -> out.abandon());
        Thread thread = new Thread(
                () -> {
                    try {
                        download.writeTo(out);
                        out.flush();
                        response.end();
                    } catch (IOException | RuntimeException e) {
                        // The download's boundary: a cut connection is the only sign left once the head was sent.
                        LOG.warn("event=download-failed reason=\"{}\"", e.getMessage());
                        response.reset();
                    } finally {
                        forget.run();
                    }
                },
                "attune-download");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void write(int b) throws IOException {
        if (size == CHUNK_BYTES) flush();
        chunk[size++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (size == CHUNK_BYTES) flush();
            int part = Math.min(length - done, CHUNK_BYTES - size);
            System.arraycopy(from, offset + done, chunk, size, part);
            size += part;
            done += part;
        }
    }

    @Override
    public void flush() throws IOException {
        if (size == 0) return;
        try {
            if (!room.tryAcquire(STALL_SECONDS_MAX, TimeUnit.SECONDS))
                throw new IOException("the client takes nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (gone) throw new IOException("the client is gone");
        response.write(Buffer.buffer().appendBytes(chunk, 0, size)).onComplete(done -> room.release());
        size = 0;
    }

    private void abandon() {
        gone = true;
        room.release(CHUNKS_MAX);
    }
}
