package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Commands over few keys and leases, so that they meet; the same seed gives the same commands. */
final class RandomCommands {
    private static final int LEASES = 4;

    private final Random random;

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    Command command(long revision) {
        int kind = random.nextInt(100);
        if (kind < 4) return new Command.Compact(Math.max(0, revision - random.nextInt(12) + 1));
        if (kind < 10) return new Command.GrantLease(random.nextInt(LEASES + 1), 1 + random.nextInt(9));
        if (kind < 13) return new Command.RevokeLease(1 + random.nextInt(LEASES));
        if (kind < 14) return new Command.KeepLeases(random.nextInt(5));
        if (kind < 16) return new Command.ExpireLease(1 + random.nextInt(LEASES), random.nextInt(5));
        return new Command.Mutate(null, operation(revision, 3));
    }

    Operation operation(long revision, int depth) {
        int kind = random.nextInt(100);
        if (kind < 45) return put();
        if (kind < 60) return new Operation.Delete(range(), random.nextBoolean());
        if (kind < 75 || depth == 0) return readRange(revision);
        return txn(revision, depth);
    }

    Operation.Range readRange(long revision) {
        long at = random.nextInt(3) > 0 ? 0 : Math.max(0, revision + 2 - random.nextInt(15));
        Operation.Filter filter = random.nextInt(4) > 0
                ? Operation.Filter.NONE
                : new Operation.Filter(bound(revision), bound(revision), bound(revision), bound(revision));
        return new Operation.Range(
                range(),
                random.nextInt(4),
                at,
                new Operation.Sort(one(Operation.Sort.Target.values()), one(Operation.Sort.Order.values())),
                one(Operation.View.values()),
                filter);
    }

    KeyRange range() {
        return switch (random.nextInt(8)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.from(key());
            case 2 -> KeyRange.prefix(key());
            case 3, 4 -> new KeyRange(key(), key());
            default -> KeyRange.key(key());
        };
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private Operation put() {
        boolean keepValue = random.nextInt(8) == 0;
        boolean keepLease = random.nextInt(8) == 0;
        return new Operation.Put(
                key(),
                keepValue ? Bytes.EMPTY : Bytes.utf8("v" + random.nextInt(5)),
                keepLease || random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(LEASES),
                random.nextBoolean(),
                keepValue,
                keepLease);
    }

    private Operation txn(long revision, int depth) {
        return new Operation.Txn(
                some(3, this::compare),
                some(4, () -> operation(revision, depth - 1)),
                some(4, () -> operation(revision, depth - 1)));
    }

    private Compare compare() {
        Compare.Target target = one(Compare.Target.values());
        return new Compare(
                range(),
                target,
                one(Compare.Relation.values()),
                target == Compare.Target.VALUE ? 0 : random.nextInt(4),
                target == Compare.Target.VALUE ? Bytes.utf8("v" + random.nextInt(5)) : Bytes.EMPTY);
    }

    private Bytes key() {
        int key = random.nextInt(40);
        if (key == 0) return Bytes.wrap(new byte[] {0});
        if (key == 1) return Bytes.wrap(new byte[] {(byte) 0xff});
        return Bytes.utf8(key < 10 ? "a" : "a" + (char) ('a' + key % 7));
    }

    private long bound(long revision) {
        return Math.max(0, revision + 1 - random.nextInt(12));
    }

    private <T> T one(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private <T> List<T> some(int most, Supplier<T> each) {
        List<T> some = new ArrayList<>();
        for (int i = random.nextInt(most); i > 0; i--) some.add(each.get());
        return some;
    }
}
