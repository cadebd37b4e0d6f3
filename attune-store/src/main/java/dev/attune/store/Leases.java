package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The leases and which keys are attached to each. Attachments are not stored: every change record names its lease. */
final class Leases {
    /** As etcd: 9 000 000 000 seconds, in milliseconds. */
    static final long TTL_MILLIS_MAX = 9_000_000_000_000L;

    /** Lease records lie at revision 0 from here on. */
    static final int FIRST_SUB = 1;

    private static final long SPACE = -1;

    // No lease has this id; the record under it holds a term in the place of a time.
    private static final long KEEPER = 0;

    private final TreeMap<Long, Held> byId = new TreeMap<>();
    private @Nullable Held keeper;
    private final SlotRecords slots = new SlotRecords(FIRST_SUB);
    private final HashSum hash;

    Leases(HashSum hash) {
        this.hash = hash;
    }

    boolean exists(long id) {
        return byId.containsKey(id);
    }

    void grant(long id, long ttlMillis) {
        if (id == 0) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "lease id: 0 (expected: not 0)");
        if (ttlMillis < 1 || ttlMillis > TTL_MILLIS_MAX)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "lease ttl: " + ttlMillis + " ms (expected: 1.." + TTL_MILLIS_MAX + " ms)");
        if (exists(id)) throw new AttuneException(ErrorCode.ALREADY_EXISTS, "lease " + id + " exists already");
        byId.put(id, stored(id, ttlMillis));
    }

    private Held stored(long id, long number) {
        byte[] record = new Encoder(32)
                .fixed64(id)
                .varint(number)
                .fixed32(0) // room for the seal
                .toArray();
        SealedRecord.seal(record, 0, FIRST_SUB);
        hash.add(SPACE, id, record, record.length);
        return new Held(number, slots.add(record), record, new HashSet<>());
    }

    /** The leader of {@code term} keeps the leases' time from now on; refused when a later one does. */
    void keptBy(long term) {
        Held before = keeper;
        if (before != null && before.ttlMillis() == term) return;
        if (before != null) {
            if (before.ttlMillis() > term) throw notKeeper(term, before.ttlMillis());
            hash.subtract(SPACE, KEEPER, before.record(), before.record().length);
            slots.remove(before.slot());
        }
        keeper = stored(KEEPER, term);
    }

    /** Refuses unless the leader of {@code term} keeps the leases' time. */
    void requireKeeper(long term) {
        long kept = keeper == null ? 0 : keeper.ttlMillis();
        if (kept != term) throw notKeeper(term, kept);
    }

    private static AttuneException notKeeper(long term, long kept) {
        return new AttuneException(
                ErrorCode.CONFLICT, "term: " + term + " (expected: " + kept + ", whose leader keeps the leases)");
    }

    /** The keys of the lease in order; refuses an unknown one. */
    List<Bytes> keysOf(long id) {
        Held held = byId.get(id);
        if (held == null) throw unknown(id);
        List<Bytes> keys = new ArrayList<>(held.keys());
        keys.sort(null);
        return keys;
    }

    void remove(long id) {
        Held held = byId.remove(id);
        if (held == null) throw unknown(id);
        hash.subtract(SPACE, id, held.record(), held.record().length);
        slots.remove(held.slot());
    }

    /** Detaches {@code key} from one lease and attaches it to another; 0 is none. */
    void move(Bytes key, long from, long to) {
        if (from == to) return;
        Held old = from == 0 ? null : byId.get(from);
        if (old != null) old.keys().remove(key);
        Held now = to == 0 ? null : byId.get(to);
        if (now != null) now.keys().add(key);
    }

    @Nullable Lease get(long id) {
        Held held = byId.get(id);
        return held == null ? null : new Lease(id, held.ttlMillis(), held.keys());
    }

    Collection<Lease> all() {
        List<Lease> all = new ArrayList<>(byId.size());
        byId.forEach((id, held) -> all.add(new Lease(id, held.ttlMillis(), held.keys())));
        return all;
    }

    void load(int sub, Bytes stored) {
        byte[] record = SealedRecord.check(stored, 0, FIRST_SUB);
        try {
            Decoder in = new Decoder(record, 0, record.length - SealedRecord.SEAL_BYTES);
            long id = in.fixed64();
            long ttlMillis = in.varint();
            in.expectEnd();
            hash.add(SPACE, id, record, record.length);
            Held found = new Held(ttlMillis, slots.found(sub), record, new HashSet<>());
            if (id == KEEPER) keeper = found;
            else byId.put(id, found);
        } catch (MalformedException e) {
            throw new DamagedStateException("lease record " + sub + ": malformed", e);
        }
    }

    void flush(RevisionStore revisions) {
        slots.flush(revisions);
    }

    void clear() {
        byId.clear();
        keeper = null;
        slots.clear();
    }

    static AttuneException unknown(long id) {
        return new AttuneException(ErrorCode.LEASE_NOT_FOUND, "lease " + id + " not found");
    }

    private record Held(long ttlMillis, int slot, byte[] record, Set<Bytes> keys) {}
}
