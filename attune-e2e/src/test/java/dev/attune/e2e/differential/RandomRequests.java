package dev.attune.e2e.differential;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws requests, also refused ones, over few keys, so that they meet each other. The same seed draws the same. */
final class RandomRequests {
    private static final int KEYS = 24;
    private static final int LEASES = 12;

    private final Random random;
    private int serial;
    // In a transaction that deletes a key and then puts it with keepValue, etcd 3.4 dies: it checks before it deletes.
    private boolean keeping = true;

    RandomRequests(long seed) {
        this.random = new Random(seed);
    }

    /** Whether the next request is a plain read. */
    boolean nextIsRead() {
        return random.nextInt(100) < 22;
    }

    /** @param revision the newest revision, around which revisions are drawn */
    Command command(long revision, long compacted) {
        int dice = random.nextInt(1_000);
        if (dice < 12) return new Command.Compact(Math.max(1, around(revision, compacted)));
        if (dice < 50) return new Command.GrantLease(lease(), 36_000_000);
        if (dice < 80) return new Command.RevokeLease(lease());
        if (dice < 450) return new Command.Mutate(null, put());
        if (dice < 560) return new Command.Mutate(null, delete());
        if (dice < 570) return new Command.Mutate(null, wideTransaction());
        keeping = random.nextBoolean();
        Operation.Txn transaction = transaction(revision, compacted, 2);
        keeping = true;
        return new Command.Mutate(null, transaction);
    }

    Operation.Range read(long revision, long compacted) {
        long at = random.nextInt(3) == 0 ? around(revision, compacted) : 0;
        Operation.Sort sort = random.nextInt(3) > 0
                ? Operation.Sort.NONE
                : new Operation.Sort(pick(Operation.Sort.Target.values()), pick(Operation.Sort.Order.values()));
        Operation.Filter filter = random.nextInt(4) > 0
                ? Operation.Filter.NONE
                : new Operation.Filter(maybe(revision), maybe(revision), maybe(revision), maybe(revision));
        int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 0;
        return new Operation.Range(range(), limit, at, sort, pick(Operation.View.values()), filter);
    }

    WatchSpec watch(long revision, long compacted, boolean previous) {
        long from = Math.max(compacted + 1, revision - random.nextInt(400));
        boolean puts = random.nextInt(4) > 0;
        boolean deletes = !puts || random.nextInt(4) > 0;
        KeyRange range = range();
        // What an empty range means to a watcher is not an answer worth comparing.
        if (!range.isSingleKey() && !range.isUnbounded() && range.end().compareTo(range.start()) <= 0)
            range = KeyRange.all();
        return new WatchSpec(range, from, previous, puts, deletes, false, 0);
    }

    private long maybe(long revision) {
        return random.nextInt(3) == 0 ? Math.max(1, revision - random.nextInt(200)) : 0;
    }

    /** Mostly readable, now and then compacted or in the future. */
    private long around(long revision, long compacted) {
        int dice = random.nextInt(20);
        if (dice == 0) return revision + 1 + random.nextInt(3);
        if (dice == 1) return Math.max(1, compacted - random.nextInt(3));
        long span = Math.max(1, Math.min(300, revision - compacted));
        return Math.max(1, revision - random.nextInt((int) span));
    }

    private Operation.Put put() {
        boolean previous = random.nextInt(3) == 0;
        int dice = keeping ? random.nextInt(30) : 9;
        if (dice == 0) return new Operation.Put(key(), Bytes.EMPTY, maybeLease(), previous, true, false);
        if (dice == 1) return new Operation.Put(key(), value(), 0, previous, false, true);
        if (dice == 2) return new Operation.Put(key(), Bytes.EMPTY, 0, previous, true, true);
        if (dice == 3 && random.nextInt(3) == 0)
            return new Operation.Put(key(), value(), lease(), previous, random.nextBoolean(), true);
        if (dice == 4 && random.nextInt(5) == 0)
            return new Operation.Put(Bytes.EMPTY, value(), 0, previous, false, false);
        return new Operation.Put(key(), value(), maybeLease(), previous, false, false);
    }

    private Operation.Delete delete() {
        KeyRange range = random.nextInt(3) > 0 ? KeyRange.key(key()) : range();
        return new Operation.Delete(range, random.nextBoolean());
    }

    private Operation.Txn transaction(long revision, long compacted, int depth) {
        List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) compares.add(compare(revision));
        return new Operation.Txn(compares, branch(revision, compacted, depth), branch(revision, compacted, depth));
    }

    private List<Operation> branch(long revision, long compacted, int depth) {
        List<Operation> operations = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int dice = random.nextInt(20);
            if (dice < 9 || (keeping && dice < 12)) operations.add(put());
            else if (dice < 12) operations.add(delete());
            else if (dice < 17 || depth == 0) operations.add(read(revision, compacted));
            else operations.add(transaction(revision, compacted, depth - 1));
        }
        return operations;
    }

    /** At the limit of operations or one above it. */
    private Operation.Txn wideTransaction() {
        List<Operation> operations = new ArrayList<>();
        int count = 128 + random.nextInt(2);
        for (int i = 0; i < count; i++) operations.add(Operation.Put.of(Bytes.utf8("wide/" + i), value()));
        return new Operation.Txn(List.of(), operations, List.of());
    }

    private Compare compare(long revision) {
        Compare.Target target = pick(Compare.Target.values());
        Compare.Relation relation = pick(Compare.Relation.values());
        KeyRange range = random.nextInt(4) == 0 ? range() : KeyRange.key(key());
        long number =
                switch (target) {
                    case VERSION -> random.nextInt(5);
                    case LEASE -> random.nextInt(LEASES);
                    default -> random.nextInt(4) == 0 ? 0 : Math.max(0, revision - random.nextInt(100));
                };
        Bytes value = target == Compare.Target.VALUE ? Bytes.utf8("v" + random.nextInt(serial + 1)) : Bytes.EMPTY;
        return new Compare(range, target, relation, target == Compare.Target.VALUE ? 0 : number, value);
    }

    private KeyRange range() {
        switch (random.nextInt(8)) {
            case 0:
                return KeyRange.all();
            case 1:
                return KeyRange.from(key());
            case 2:
                return KeyRange.prefix(Bytes.utf8("k"));
            case 3:
                return KeyRange.prefix(Bytes.utf8("k" + random.nextInt(3)));
            case 4:
                return new KeyRange(key(), key());
            default:
                Bytes one = key();
                Bytes two = key();
                return one.compareTo(two) < 0 ? new KeyRange(one, two) : KeyRange.key(one);
        }
    }

    private Bytes key() {
        int number = random.nextInt(KEYS);
        if (number == 0) return Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff});
        if (number == 1) return Bytes.wrap(new byte[] {'k', 0});
        if (number == 2) return Bytes.wrap(new byte[] {'k', (byte) 0xff, 1});
        return Bytes.utf8("k" + number);
    }

    private Bytes value() {
        return random.nextInt(30) == 0 ? Bytes.EMPTY : Bytes.utf8("v" + serial++);
    }

    private long maybeLease() {
        return random.nextInt(5) == 0 ? lease() : 0;
    }

    private long lease() {
        return 1L + random.nextInt(LEASES);
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
