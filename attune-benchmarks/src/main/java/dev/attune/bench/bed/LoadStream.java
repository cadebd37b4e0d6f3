package dev.attune.bench.bed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Requests to one service process by an open loop: the gaps between them are exponential whatever the service does, and
 * latency counts from the moment at which a request was due, so a service that stalls is charged for everybody who would
 * have come meanwhile.
 */
final class LoadStream implements AutoCloseable {
    private static final long MICROS_MAX = 60_000_000;

    private final Socket socket;
    private final SplittableRandom random;
    private final Recorder latencies = new Recorder(MICROS_MAX, 3);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong inTime = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Phase phase;
    private volatile boolean closed;

    /**
     * What came of the requests since the last look.
     *
     * @param sent requests
     * @param answered of them and of earlier ones
     * @param inTime answers within the deadline
     * @param rejected because the queue was full
     * @param failed otherwise
     * @param micros latencies of the answers
     */
    record Outcome(long sent, long answered, long inTime, long rejected, long failed, Histogram micros) {
        double p95Millis() {
            return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(95) / 1e3;
        }
    }

    LoadStream(int port, Phase phase, long seed) throws IOException {
        this.phase = phase;
        random = new SplittableRandom(seed);
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        start("load-send", this::send);
        start("load-receive", this::receive);
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, name + "-" + socket.getPort());
        thread.setDaemon(true);
        thread.start();
    }

    /** The load is another from now on. */
    void phase(Phase next) {
        phase = next;
    }

    /** What came since the last call. */
    Outcome take() {
        return new Outcome(
                sent.getAndSet(0),
                answered.getAndSet(0),
                inTime.getAndSet(0),
                rejected.getAndSet(0),
                failed.getAndSet(0),
                latencies.getIntervalHistogram());
    }

    private void send() {
        byte[] payload = new byte[1 << 20];
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16))) {
            long due = System.nanoTime();
            while (!closed) {
                Phase now = phase;
                due += (long) (-StrictMath.log(1 - random.nextDouble()) / now.rate() * 1e9);
                long left = due - System.nanoTime();
                if (left > 0) {
                    // What was written goes out before a pause; requests that are late already go together.
                    out.flush();
                    while (left > 0) {
                        LockSupport.parkNanos(left);
                        left = due - System.nanoTime();
                    }
                }
                out.writeLong(due);
                out.writeInt(now.itemBytes());
                out.write(payload, 0, now.itemBytes());
                sent.incrementAndGet();
            }
        } catch (IOException e) {
            // The service has gone: what it does not answer is not counted.
        }
    }

    private void receive() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 14))) {
            while (true) {
                long micros = (System.nanoTime() - in.readLong()) / 1_000;
                byte outcome = in.readByte();
                if (outcome == Service.ANSWERED) {
                    answered.incrementAndGet();
                    latencies.recordValue(Math.max(0, Math.min(MICROS_MAX, micros)));
                    if (micros <= Service.DEADLINE_MILLIS * 1_000) inTime.incrementAndGet();
                } else if (outcome == Service.REJECTED) {
                    rejected.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // The service has gone.
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        socket.close();
    }
}
