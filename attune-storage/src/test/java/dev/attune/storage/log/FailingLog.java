package dev.attune.storage.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A log whose syncs fail once told so; counts what is tried afterwards. */
public final class FailingLog implements DurableLog {
    private final DurableLog inner;
    private final AtomicInteger triesAfterFailure = new AtomicInteger();
    private volatile boolean failing;
    private volatile boolean failed;

    public FailingLog(DurableLog inner) {
        this.inner = inner;
    }

    public void failFromNowOn() {
        failing = true;
    }

    public int triesAfterFailure() {
        return triesAfterFailure.get();
    }

    private void note() {
        if (failed) triesAfterFailure.incrementAndGet();
    }

    @Override
    public void append(List<LogRecord> records) throws IOException {
        note();
        inner.append(records);
    }

    @Override
    public void setRegister(int id, byte[] value) throws IOException {
        note();
        inner.setRegister(id, value);
    }

    @Override
    public byte @Nullable [] register(int id) {
        return inner.register(id);
    }

    @Override
    public void sync() throws IOException {
        note();
        if (failing) {
            failed = true;
            throw new IOException("injected: fsync failed");
        }
        inner.sync();
    }

    @Override
    public @Nullable LogRecord read(long index) throws IOException {
        return inner.read(index);
    }

    @Override
    public void truncate(long firstIndex, long lastIndex) throws IOException {
        note();
        inner.truncate(firstIndex, lastIndex);
    }

    @Override
    public List<Long> special() {
        return inner.special();
    }

    @Override
    public Bounds bounds() {
        return inner.bounds();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
