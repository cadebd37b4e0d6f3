package dev.attune.bench.bed;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The service under load, a process of its own: a thread pool behind a bounded queue, for each request a look into a
 * database in memory and then a downstream call that takes the longer the more of them there are at once. Requests come
 * over a socket with their payload, which is kept until they are answered; the process is steered by lines on its standard
 * input: {@code pool N}, {@code queue N}, {@code phase BASE-MILLIS KNEE}, {@code gradient2 MIN MAX}, {@code stats}. It ends
 * with its input.
 *
 * <pre>Service POOL QUEUE [HOST:PORT TOKEN APPLICATION INSTANCE]</pre>
 *
 * <p>With the last four it takes pool and queue from an Attune node and tells it what it measures.
 */
public final class Service implements AutoCloseable {
    /** A request was answered. */
    static final byte ANSWERED = 0;
    /** The queue was full. */
    static final byte REJECTED = 1;
    /** Something broke, such as memory. */
    static final byte FAILED = 2;

    /** Within which an answer is worth something. */
    static final long DEADLINE_MILLIS = 250;

    private static final long GAUGE_MILLIS = 1_000;
    private static final long LIMIT_WINDOW_MILLIS = 500;

    private final Pool pool;
    private final Items items;
    private final HeapGauge heap = new HeapGauge(GAUGE_MILLIS);
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong inTime = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong exhausted = new AtomicLong();
    private volatile double baseMillis = 1;
    private volatile double knee = 1e9;
    private volatile @Nullable Limit limit;

    Service(int size, int queue) throws SQLException {
        pool = new Pool(size, queue);
        items = new Items();
    }

    /** Serves until the standard input ends. */
    public static void main(String[] arguments) throws Exception {
        try (Service service = new Service(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
                ServerSocket door = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> service.accept(door), "accept");
            accepting.setDaemon(true);
            accepting.start();
            System.out.println("ready " + door.getLocalPort());
            AutoCloseable centre = arguments.length < 6
                    ? () -> {}
                    : Attached.to(service, arguments[2], arguments[3], arguments[4], arguments[5]);
            service.obey();
            centre.close();
        }
        // Threads of the pool may be in a call.
        Runtime.getRuntime().halt(0);
    }

    private void obey() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "pool" -> pool(Integer.parseInt(words[1]));
                case "queue" -> pool.bound(Integer.parseInt(words[1]));
                case "phase" -> {
                    baseMillis = Double.parseDouble(words[1]);
                    knee = Double.parseDouble(words[2]);
                }
                case "gradient2" -> limit(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                case "stats" -> System.out.println(stats());
                default -> throw new IOException("line: " + line + " (expected: a command)");
            }
        }
    }

    void pool(int size) {
        pool.resize(size);
    }

    Pool pool() {
        return pool;
    }

    HeapGauge heap() {
        return heap;
    }

    int active() {
        return active.get();
    }

    long received() {
        return received.get();
    }

    long answered() {
        return answered.get();
    }

    long inTime() {
        return inTime.get();
    }

    /** From now on the library's limit is the pool's size. */
    private void limit(int least, int most) {
        Limit gradient = WindowedLimit.newBuilder()
                .minWindowTime(LIMIT_WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .maxWindowTime(LIMIT_WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .build(Gradient2Limit.newBuilder()
                        .initialLimit(pool.size())
                        .minLimit(least)
                        .maxConcurrency(most)
                        .build());
        gradient.notifyOnChange(now -> pool.resize(Math.max(least, Math.min(most, now))));
        limit = gradient;
    }

    private String stats() {
        return String.format(
                Locale.ROOT,
                "stats %d %d %d %d %d %d %d %d %d %d %d %d",
                pool.size(),
                pool.bound(),
                pool.queued(),
                active.get(),
                received.get(),
                answered.get(),
                inTime.get(),
                rejected.get(),
                exhausted.get(),
                heap.used(),
                heap.most(),
                held.get());
    }

    private void accept(ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                socket.setTcpNoDelay(true);
                Thread thread = new Thread(() -> receive(socket), "receive");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void receive(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
                DataOutputStream out =
                        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 12))) {
            while (true) receive(in, out);
        } catch (IOException e) {
            // The load has gone.
        }
    }

    private void receive(DataInputStream in, DataOutputStream out) throws IOException {
        long id = in.readLong();
        int length = in.readInt();
        long arrived = System.nanoTime();
        received.incrementAndGet();
        int read = 0;
        try {
            byte[] payload = new byte[length];
            while (read < length) {
                int more = in.read(payload, read, length - read);
                if (more < 0) throw new java.io.EOFException();
                read += more;
            }
            held.addAndGet(length);
            pool.execute(() -> serve(id, arrived, payload, out));
            return;
        } catch (RejectedExecutionException full) {
            held.addAndGet(-length);
            rejected.incrementAndGet();
        } catch (OutOfMemoryError none) {
            exhausted.incrementAndGet();
            in.skipNBytes((long) length - read);
            answer(id, FAILED, out);
            return;
        }
        answer(id, REJECTED, out);
    }

    private void serve(long id, long arrived, byte[] payload, DataOutputStream out) {
        long begun = System.nanoTime();
        int others = active.incrementAndGet();
        byte outcome = ANSWERED;
        try {
            items.price((int) (id & 0xff));
            sleep(Phase.waitMillis(baseMillis, knee, others));
        } catch (SQLException e) {
            outcome = FAILED;
        } catch (OutOfMemoryError none) {
            exhausted.incrementAndGet();
            outcome = FAILED;
        } finally {
            active.decrementAndGet();
            held.addAndGet(-payload.length);
        }
        Limit limiter = limit;
        if (limiter != null) limiter.onSample(begun, System.nanoTime() - begun, others, false);
        try {
            answered.incrementAndGet();
            if (System.nanoTime() - arrived <= DEADLINE_MILLIS * 1_000_000) inTime.incrementAndGet();
            answer(id, outcome, out);
        } catch (IOException e) {
            // The load has gone.
        }
    }

    private static void sleep(double millis) {
        long end = System.nanoTime() + (long) (millis * 1e6);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            // Only the end of the process interrupts.
            if (Thread.interrupted()) return;
        }
    }

    private static void answer(long id, byte outcome, DataOutputStream out) throws IOException {
        synchronized (out) {
            out.writeLong(id);
            out.writeByte(outcome);
            out.flush();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
