package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import java.lang.management.ManagementFactory;

/** Prints how fast one core applies; run by hand: {@code java -cp … dev.attune.store.ApplySpeed [withIds]}. */
final class ApplySpeed {
    private ApplySpeed() {}

    public static void main(String[] args) {
        boolean ids = args.length > 0;
        int count = 500_000;
        byte[][] commands = new byte[count][];
        Bytes value = Bytes.wrap(new byte[256]);
        for (int i = 0; i < count; i++) {
            RequestId id = ids ? new RequestId(1 + i % 64, 1 + i / 64, Math.max(0, i / 64 - 8)) : null;
            Bytes key = Bytes.utf8("key-" + (i * 7919L) % 100_000);
            commands[i] = CommandCodec.encode(new Command.Mutate(id, Operation.Put.of(key, value)));
        }
        for (int round = 0; round < 6; round++) {
            Store store = Store.open(new InMemoryRevisionStore());
            WatchHub hub = new WatchHub(store);
            long[] seen = new long[1];
            for (int i = 0; i < 10_000; i++)
                hub.open(
                        WatchSpec.of(dev.attune.model.kv.KeyRange.key(Bytes.utf8("key-" + i)), 0),
                        message -> ++seen[0] > 0);
            long start = cpu();
            for (int i = 0; i < count; i++) {
                store.apply(i + 1L, commands[i]);
                if (i % 64 == 63) {
                    store.commit();
                    hub.advance();
                }
            }
            long nanos = cpu() - start;
            System.out.printf(
                    "%,d applies/s, %,d events to watchers, heap %d MB%n",
                    count * 1_000_000_000L / nanos,
                    seen[0],
                    (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
        }
    }

    /** Time this thread spent on a core, so that other load on the machine does not count. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
