package dev.attune.bench.bed;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * How much of this process' heap is in use once the collector has run: the least that any collection of the last seconds
 * left. Between collections garbage counts as used and says nothing of how much room there is. Safe for all threads.
 */
final class HeapGauge {
    private final long windowMillis;
    private final Set<String> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(each -> each.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    // Under its own lock: the time of a collection and what it left.
    private final Deque<long[]> collections = new ArrayDeque<>();

    /** @param windowMillis how far it looks back */
    HeapGauge(long windowMillis) {
        this.windowMillis = windowMillis;
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans())
            if (each instanceof NotificationEmitter emitter)
                emitter.addNotificationListener((notification, handback) -> collected(notification), null, null);
    }

    private void collected(Notification notification) {
        if (!notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) return;
        GarbageCollectionNotificationInfo info =
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        long used = 0;
        for (Map.Entry<String, MemoryUsage> each :
                info.getGcInfo().getMemoryUsageAfterGc().entrySet())
            if (pools.contains(each.getKey())) used += each.getValue().getUsed();
        synchronized (collections) {
            collections.addLast(new long[] {System.currentTimeMillis(), used});
        }
    }

    /** Bytes; what is used now before the first collection. */
    long used() {
        long now = System.currentTimeMillis();
        synchronized (collections) {
            while (collections.size() > 1 && collections.getFirst()[0] < now - windowMillis) collections.removeFirst();
            long least = Long.MAX_VALUE;
            for (long[] each : collections) least = Math.min(least, each[1]);
            if (least != Long.MAX_VALUE) return least;
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes that the heap may take. */
    long most() {
        return Runtime.getRuntime().maxMemory();
    }
}
