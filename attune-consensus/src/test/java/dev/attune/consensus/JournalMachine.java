package dev.attune.consensus;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A state machine that only remembers: its state is the sequence of commands applied, its result the position of a
 * command in that sequence. It refuses, loudly, what the seam promises never to do.
 */
public final class JournalMachine implements StateMachine {
    private List<String> journal = new ArrayList<>();
    private long applied;
    private int restores;
    private boolean leading;
    private long term;

    @Override
    public synchronized long appliedIndex() {
        return applied;
    }

    @Override
    public synchronized List<byte[]> apply(List<Committed> batch) {
        List<byte[]> results = new ArrayList<>();
        for (Committed entry : batch) {
            if (entry.index() <= applied)
                throw new IllegalStateException("entry " + entry.index() + " again or late, applied is " + applied);
            journal.add(new String(entry.command(), StandardCharsets.UTF_8));
            applied = entry.index();
            results.add(Integer.toString(journal.size()).getBytes(StandardCharsets.UTF_8));
        }
        return results;
    }

    @Override
    public synchronized Frozen freeze() {
        List<String> view = List.copyOf(journal);
        long index = applied;
        return new Frozen() {
            @Override
            public long index() {
                return index;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                DataOutputStream data = new DataOutputStream(out);
                data.writeLong(index);
                data.writeInt(view.size());
                for (String command : view) data.writeUTF(command);
                data.flush();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        DataInputStream data = new DataInputStream(snapshot);
        long index = data.readLong();
        int count = data.readInt();
        List<String> restored = new ArrayList<>();
        for (int i = 0; i < count; i++) restored.add(data.readUTF());
        journal = restored;
        applied = index;
        restores++;
    }

    @Override
    public synchronized void leadershipChanged(boolean nowLeading, long newTerm) {
        leading = nowLeading;
        term = newTerm;
    }

    /** All commands applied so far, in order. */
    public synchronized List<String> journal() {
        return List.copyOf(journal);
    }

    /** How often the state was replaced by a snapshot. */
    public synchronized int restores() {
        return restores;
    }

    public synchronized boolean leading() {
        return leading;
    }

    public synchronized long term() {
        return term;
    }
}
