package dev.attune.consensus.paxos;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.storage.snapshot.SnapshotHeader;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How members that lag far behind are brought on: by chosen entries from the log, or, when the log was cut, by a
 * snapshot that is offered and that the other side fetches piece by piece and checks as a whole.
 */
final class Exchange {
    /** Kinds of messages beside the core's own. */
    static final int OFFER = 32;

    static final int CHUNK = 33;

    /** Asks which configuration is in force in a snapshot, for a member that does not want the rest. */
    static final int BASE = 34;

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

    private final int service;
    private final String group;
    private final Path incoming;
    private final MemberStorage storage;
    private final PeerTransport transport;
    private final LongSupplier applied;
    private final ExecutorService pool;
    private final LongConsumer installer;
    private final @Nullable Skipper skipper;
    private final AtomicBoolean fetching = new AtomicBoolean();

    /**
     * @param applied up to where the log certainly holds what is chosen: what the core knows chosen may not be written
     *     yet, and something of a lower ballot lie in its place
     * @param installer takes a snapshot that was fetched and is durable
     * @param skipper for a witness, which goes on behind a snapshot without fetching it; else null
     */
    Exchange(
            PaxosOptions options,
            MemberStorage storage,
            PeerTransport transport,
            LongSupplier applied,
            ExecutorService pool,
            LongConsumer installer,
            @Nullable Skipper skipper) {
        this.service = PaxosLog.SERVICE;
        this.group = options.group();
        this.incoming = options.directory().resolve("snapshot-incoming");
        this.storage = storage;
        this.transport = transport;
        this.applied = applied;
        this.pool = pool;
        this.installer = installer;
        this.skipper = skipper;
    }

    /** Goes on behind a peer's snapshot. */
    interface Skipper {
        void skip(long slot, Configuration configuration);
    }

    /** Sends {@code peer} what it lacks from {@code from} on. */
    void catchUp(MemberId peer, long from) {
        background(() -> {
            if (from >= storage.bounds().first()) sendEntries(peer, from);
            else offer(peer, from);
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private void background(Work work) {
        try {
            pool.execute(() -> {
                try {
                    work.run();
                } catch (IOException | RuntimeException e) {
                    // Whoever lags asks again; a failing disk ends the member where it writes.
                    LOG.warn("event=catch-up-failed reason=\"{}\"", e.toString());
                }
            });
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    private void sendEntries(MemberId peer, long from) throws IOException {
        long end = applied.getAsLong();
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (long slot = from; slot <= end && bytes < CHUNK_BYTES; slot++) {
            Entry entry = storage.read(slot);
            if (entry == null) break;
            bytes += entry.bytes();
            if (!entries.isEmpty() && bytes > CHUNK_BYTES) break;
            entries.add(entry);
        }
        if (!entries.isEmpty()) transport.send(peer, service, MessageCodec.encode(new Message.Learn(entries, end)));
    }

    private void offer(MemberId peer, long from) throws IOException {
        List<Long> snapshots = storage.snapshots().list();
        if (snapshots.isEmpty() || snapshots.get(0) < from) return;
        long index = snapshots.get(0);
        long size = Files.size(storage.snapshots().path(index));
        transport.send(
                peer,
                service,
                new Encoder().byteValue(OFFER).varint(index).varint(size).toArray());
    }

    /** Takes a message of a kind of this class; the answer of a chunk is its bytes. */
    CompletableFuture<byte[]> handle(MemberId from, byte[] message) {
        Decoder in = new Decoder(message);
        int kind = in.byteValue();
        long index = in.varint();
        long number = in.varint();
        in.expectEnd();
        if (index < 1 || number < 0) throw new MalformedException("snapshot: " + index + ", " + number);
        if (kind == OFFER) {
            if (fetching.compareAndSet(false, true)) background(() -> fetch(from, index, number));
            return CompletableFuture.completedFuture(new byte[0]);
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        background(() -> {
            try {
                answer.complete(
                        kind == BASE
                                ? ConfigurationCodec.encode(storage.configurationIn(index))
                                : chunk(index, number));
            } catch (IOException e) {
                answer.completeExceptionally(
                        new AttuneException(ErrorCode.NOT_FOUND, "snapshot " + index + " is gone", e));
            }
        });
        return answer;
    }

    private byte[] chunk(long index, long offset) throws IOException {
        try (FileChannel file = FileChannel.open(storage.snapshots().path(index))) {
            int length = (int) Math.max(0, Math.min(CHUNK_BYTES, file.size() - offset));
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {}
            return bytes.array();
        }
    }

    private void fetch(MemberId from, long index, long size) throws IOException {
        try {
            if (index <= applied.getAsLong()) return;
            if (skipper != null) {
                skipper.skip(index, ConfigurationCodec.decode(ask(from, BASE, index, 0)));
                return;
            }
            copy(from, index, size);
            SnapshotHeader header;
            try (InputStream file = Files.newInputStream(incoming)) {
                header = storage.snapshots().adopt(file);
            }
            if (header.index() != index || !header.clusterId().equals(group))
                throw new IOException("snapshot " + index + " of " + from + " is " + header);
            installer.accept(index);
        } finally {
            Files.deleteIfExists(incoming);
            fetching.set(false);
        }
    }

    private void copy(MemberId from, long index, long size) throws IOException {
        try (var out = Files.newOutputStream(incoming)) {
            for (long at = 0; at < size; ) {
                byte[] bytes = ask(from, CHUNK, index, at);
                if (bytes.length == 0 || bytes.length > size - at)
                    throw new IOException("snapshot " + index + ": " + bytes.length + " bytes at " + at);
                out.write(bytes);
                at += bytes.length;
            }
        }
    }

    private byte[] ask(MemberId from, int kind, long index, long number) throws IOException {
        byte[] request =
                new Encoder().byteValue(kind).varint(index).varint(number).toArray();
        try {
            return transport
                    .call(from, service, request, CHUNK_PATIENCE)
                    .get(2 * CHUNK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("snapshot " + index + " of " + from + ": " + e.getMessage(), e);
        }
    }
}
