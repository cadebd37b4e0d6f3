package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a log should hold, in maps; and random legal operations done to both. */
final class LogModel {
    final TreeMap<Long, LogRecord> entries = new TreeMap<>();
    final TreeMap<Integer, byte[]> registers = new TreeMap<>();
    long first = 1;
    long last;

    LogModel copy() {
        LogModel copy = new LogModel();
        copy.entries.putAll(entries);
        copy.registers.putAll(registers);
        copy.first = first;
        copy.last = last;
        return copy;
    }

    /** One random operation other than sync, done to the log and then here. */
    void step(Random random, DurableLog log, int payloadMax) throws IOException {
        int choice = random.nextInt(20);
        if (choice < 13) append(random, log, payloadMax);
        else if (choice < 16) setRegister(random, log);
        else if (choice < 18) truncate(log, first + random.nextInt((int) (last - first + 2)), last);
        else if (choice < 19) truncate(log, first, last - random.nextInt((int) Math.min(4, last - first + 2)));
        else if (random.nextInt(4) == 0) truncate(log, last + 5, last + 4);
    }

    private void append(Random random, DurableLog log, int payloadMax) throws IOException {
        List<LogRecord> batch = new ArrayList<>();
        long end = last;
        for (int i = random.nextInt(6); i >= 0; i--) {
            boolean replace = end >= first && random.nextInt(6) == 0;
            long index = replace ? first + random.nextInt((int) (end - first + 1)) : end + 1;
            end = Math.max(end, index);
            byte[] payload = new byte[random.nextInt(payloadMax)];
            random.nextBytes(payload);
            batch.add(new LogRecord(index, random.nextLong(), random.nextInt(128), payload));
        }
        log.append(batch);
        for (LogRecord record : batch) entries.put(record.index(), record);
        last = end;
    }

    private void setRegister(Random random, DurableLog log) throws IOException {
        byte[] value = new byte[random.nextInt(40)];
        random.nextBytes(value);
        int id = random.nextInt(16);
        log.setRegister(id, value);
        registers.put(id, value);
    }

    private void truncate(DurableLog log, long newFirst, long newLast) throws IOException {
        if (newFirst < 1) return;
        log.truncate(newFirst, newLast);
        first = newFirst;
        last = newLast;
        entries.keySet().removeIf(index -> index < newFirst || index > newLast);
    }

    /** Null when the log holds exactly this, else what differs. */
    String difference(DurableLog log) throws IOException {
        if (!log.bounds().equals(new DurableLog.Bounds(first, last))) {
            return "bounds " + log.bounds() + ", expected " + first + ".." + last;
        }
        if (log.read(first - 1) != null || log.read(last + 1) != null) return "entries outside the bounds";
        for (Map.Entry<Long, LogRecord> entry : entries.entrySet()) {
            LogRecord actual = log.read(entry.getKey());
            if (!same(actual, entry.getValue())) return "entry " + entry.getKey() + ": " + actual;
        }
        for (int id = 0; id < 16; id++) {
            if (!java.util.Arrays.equals(log.register(id), registers.get(id))) return "register " + id;
        }
        return "";
    }

    void check(DurableLog log, String when) throws IOException {
        assertThat(difference(log)).as(when).isEmpty();
    }

    private static boolean same(@Nullable LogRecord a, LogRecord b) {
        return a != null
                && a.index() == b.index()
                && a.term() == b.term()
                && a.kind() == b.kind()
                && java.util.Arrays.equals(a.payload(), b.payload());
    }
}
