package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** Is told of each state that the log goes through, record by record, before the log is asked for it. */
    private final Runnable issued;

    LogModel() {
        this(() -> {});
    }

    LogModel(Runnable issued) {
        this.issued = issued;
    }

    /** All of the state in text, equal exactly when the states are. */
    String text() {
        StringBuilder text = new StringBuilder().append(first).append("..").append(last);
        entries.values().forEach(record -> text.append(textOf(record)));
        registers.forEach(
                (id, value) -> text.append(" r").append(id).append('=').append(Arrays.hashCode(value)));
        return text.toString();
    }

    /** The same of what a log holds. */
    static String textOf(DurableLog log) throws IOException {
        DurableLog.Bounds bounds = log.bounds();
        StringBuilder text =
                new StringBuilder().append(bounds.first()).append("..").append(bounds.last());
        for (long index = bounds.first(); index <= bounds.last(); index++) {
            LogRecord record = log.read(index);
            if (record == null) throw new AssertionError("no entry " + index + " in " + bounds);
            text.append(textOf(record));
        }
        for (int id = 0; id < 16; id++) {
            byte[] value = log.register(id);
            if (value != null) text.append(" r").append(id).append('=').append(Arrays.hashCode(value));
        }
        return text.toString();
    }

    private static String textOf(LogRecord record) {
        return " " + record.index() + ':' + record.term() + ':' + record.kind() + ':'
                + Arrays.hashCode(record.payload());
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
            batch.add(new LogRecord(index, random.nextLong(), random.nextInt(4), payload));
        }
        for (LogRecord record : batch) {
            entries.put(record.index(), record);
            last = Math.max(last, record.index());
            issued.run();
        }
        log.append(batch);
    }

    private void setRegister(Random random, DurableLog log) throws IOException {
        byte[] value = new byte[random.nextInt(40)];
        random.nextBytes(value);
        int id = random.nextInt(16);
        registers.put(id, value);
        issued.run();
        log.setRegister(id, value);
    }

    private void truncate(DurableLog log, long newFirst, long newLast) throws IOException {
        if (newFirst < 1) return;
        first = newFirst;
        last = newLast;
        entries.keySet().removeIf(index -> index < newFirst || index > newLast);
        issued.run();
        log.truncate(newFirst, newLast);
    }

    /** Null when the log holds exactly this, else what differs. */
    String difference(DurableLog log) throws IOException {
        if (!log.bounds().equals(new DurableLog.Bounds(first, last))) {
            return "bounds " + log.bounds() + ", expected " + first + ".." + last;
        }
        if (!log.special().equals(special())) return "special " + log.special() + ", expected " + special();
        if (log.read(first - 1) != null || log.read(last + 1) != null) return "entries outside the bounds";
        for (Map.Entry<Long, LogRecord> entry : entries.entrySet()) {
            LogRecord actual = log.read(entry.getKey());
            if (!same(actual, entry.getValue())) return "entry " + entry.getKey() + ": " + actual;
        }
        for (int id = 0; id < 16; id++) {
            if (!Arrays.equals(log.register(id), registers.get(id))) return "register " + id;
        }
        return "";
    }

    private List<Long> special() {
        return entries.values().stream()
                .filter(record -> record.kind() >= LogRecord.SPECIAL_KIND)
                .map(LogRecord::index)
                .toList();
    }

    void check(DurableLog log, String when) throws IOException {
        assertThat(difference(log)).as(when).isEmpty();
    }

    private static boolean same(@Nullable LogRecord a, LogRecord b) {
        return a != null
                && a.index() == b.index()
                && a.term() == b.term()
                && a.kind() == b.kind()
                && Arrays.equals(a.payload(), b.payload());
    }
}
