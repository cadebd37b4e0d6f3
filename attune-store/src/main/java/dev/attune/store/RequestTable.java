package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which requests were applied and what they returned, so that a repeat has no second effect (G4).
 *
 * <p>A client's entries end when it says that it has their answers ({@link RequestId#completedBelow()}); what it names
 * as answered is refused from then on. The table holds a bounded number of entries and of result bytes: the oldest
 * entries go first, and the oldest results are forgotten before their entries. All of it depends only on the commands
 * applied, in their order.
 */
final class RequestTable {
    /** Larger results are not kept, in bytes. */
    static final int RESULT_BYTES_MAX = 64 << 10;

    /** Request records lie at revision 0 from here on. */
    static final int FIRST_SUB = 1 << 30;

    private static final long SPACE = -2;

    private final Map<Long, Client> clients = new HashMap<>();
    // By order of arrival; the first is the oldest.
    private final TreeMap<Long, Entry> byOrder = new TreeMap<>();
    // Those of byOrder whose result is kept.
    private final TreeMap<Long, Entry> withResult = new TreeMap<>();
    private final SlotRecords slots = new SlotRecords(FIRST_SUB);
    private final HashSum hash;
    private final int entriesMax;
    private final long resultBytesMax;
    private long nextOrder;
    private long resultBytes;

    RequestTable(HashSum hash, int entriesMax, long resultBytesMax) {
        this.hash = hash;
        this.entriesMax = entriesMax;
        this.resultBytesMax = resultBytesMax;
    }

    /** The encoded answer to a request that was applied before, or null for a new one. */
    byte @Nullable [] answered(RequestId id, long revision) {
        Client client = clients.get(id.clientId());
        if (client == null) return null;
        Entry entry = client.entries.get(id.sequence());
        if (entry != null) {
            byte[] result = entry.result();
            return result != null ? result : alreadyApplied(entry.revision);
        }
        return id.sequence() < client.floor ? alreadyApplied(revision) : null;
    }

    /** Remembers the first answer to {@code id}. */
    void remember(RequestId id, long revision, byte[] result) {
        Client client = clients.computeIfAbsent(id.clientId(), Client::new);
        client.floor = Math.max(client.floor, id.completedBelow());
        while (!client.entries.isEmpty() && client.entries.firstKey() < client.floor)
            drop(client.entries.firstEntry().getValue());
        Entry entry = new Entry(client, id.sequence(), client.floor, nextOrder++, revision);
        entry.encode(result.length <= RESULT_BYTES_MAX ? result : null);
        entry.slot = slots.add(entry.record);
        insert(entry);
        while (byOrder.size() > entriesMax) {
            Client owner = byOrder.firstEntry().getValue().client;
            drop(byOrder.firstEntry().getValue());
            if (owner.entries.isEmpty()) clients.remove(owner.id);
        }
        while (resultBytes > resultBytesMax)
            forgetResult(withResult.firstEntry().getValue());
    }

    int size() {
        return byOrder.size();
    }

    void load(int sub, Bytes stored) {
        byte[] record = SealedRecord.check(stored, 0, FIRST_SUB);
        try {
            Decoder in = new Decoder(record, 0, record.length - SealedRecord.SEAL_BYTES);
            Client client = clients.computeIfAbsent(in.fixed64(), Client::new);
            Entry entry = new Entry(client, in.varint(), in.varint(), in.varint(), in.varint());
            boolean kept = in.bool();
            entry.record = record;
            entry.resultOffset = kept ? record.length - SealedRecord.SEAL_BYTES - in.remaining() : -1;
            entry.slot = slots.found(sub);
            insert(entry);
            client.floor = Math.max(client.floor, entry.floor);
            nextOrder = Math.max(nextOrder, entry.order + 1);
        } catch (MalformedException e) {
            throw new DamagedStateException("request record " + sub + ": malformed", e);
        }
    }

    void flush(RevisionStore revisions) {
        slots.flush(revisions);
    }

    void clear() {
        clients.clear();
        byOrder.clear();
        withResult.clear();
        slots.clear();
        nextOrder = 0;
        resultBytes = 0;
    }

    private void insert(Entry entry) {
        entry.client.entries.put(entry.sequence, entry);
        byOrder.put(entry.order, entry);
        account(entry);
    }

    private void drop(Entry entry) {
        entry.client.entries.remove(entry.sequence);
        byOrder.remove(entry.order);
        discount(entry);
        slots.remove(entry.slot);
    }

    /** The mark that the request was applied stays. */
    private void forgetResult(Entry entry) {
        discount(entry);
        entry.encode(null);
        slots.set(entry.slot, entry.record);
        account(entry);
    }

    private void account(Entry entry) {
        hash.add(SPACE, entry.client.id, entry.record, entry.record.length);
        if (entry.resultOffset < 0) return;
        withResult.put(entry.order, entry);
        resultBytes += entry.record.length;
    }

    private void discount(Entry entry) {
        hash.subtract(SPACE, entry.client.id, entry.record, entry.record.length);
        if (withResult.remove(entry.order) != null) resultBytes -= entry.record.length;
    }

    private static byte[] alreadyApplied(long revision) {
        return ResultCodec.encode(CommandResult.refused(
                revision, ErrorCode.ALREADY_APPLIED, "applied before; its result is no longer kept"));
    }

    /**
     * One client's requests by sequence.
     *
     * <p>Invariant: {@code floor} is that of its newest entry, which is the last of its entries to go; so it survives a
     * restart without a record of its own.
     */
    private static final class Client {
        private final long id;
        private final TreeMap<Long, Entry> entries = new TreeMap<>();
        private long floor;

        Client(long id) {
            this.id = id;
        }
    }

    /** One applied request. */
    private static final class Entry {
        private final Client client;
        private final long sequence;
        private final long floor;
        private final long order;
        private final long revision;
        private int slot;
        private byte[] record = new byte[0];
        // Where the result begins in the record; -1 when it is not kept.
        private int resultOffset = -1;

        Entry(Client client, long sequence, long floor, long order, long revision) {
            this.client = client;
            this.sequence = sequence;
            this.floor = floor;
            this.order = order;
            this.revision = revision;
        }

        void encode(byte @Nullable [] result) {
            Encoder out = new Encoder(48 + (result == null ? 0 : result.length));
            out.fixed64(client.id)
                    .varint(sequence)
                    .varint(floor)
                    .varint(order)
                    .varint(revision)
                    .bool(result != null);
            resultOffset = result == null ? -1 : out.size();
            if (result != null) out.raw(result, 0, result.length);
            record = SealedRecord.seal(out.fixed32(0).toArray(), 0, FIRST_SUB);
        }

        byte @Nullable [] result() {
            return resultOffset < 0
                    ? null
                    : Arrays.copyOfRange(record, resultOffset, record.length - SealedRecord.SEAL_BYTES);
        }
    }
}
