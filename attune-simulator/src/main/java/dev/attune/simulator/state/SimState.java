package dev.attune.simulator.state;

import dev.attune.model.kv.Operation;
import dev.attune.store.CommandResult;
import dev.attune.store.DamagedStateException;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Lease;
import dev.attune.store.RevisionStore;
import dev.attune.store.StateHash;
import dev.attune.store.Store;
import dev.attune.store.StoreOptions;
import dev.attune.store.WatchHub;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.function.UnaryOperator;

/**
 * One server's real store, over a state file that is kept in memory: a crash undoes the running batch, a power loss
 * takes the file back to when it was last synced.
 */
public final class SimState {
    private final StoreOptions options;
    private final UnaryOperator<RevisionStore> view;
    private InMemoryRevisionStore file = new InMemoryRevisionStore();
    private InMemoryRevisionStore synced = new InMemoryRevisionStore();
    private Store store;
    private WatchHub hub;

    /**
     * @param view how the store sees its state file
     */
    public SimState(StoreOptions options, UnaryOperator<RevisionStore> view) {
        this.options = options;
        this.view = view;
        store = Store.open(view.apply(file), options);
        hub = new WatchHub(store);
    }

    /** Applies one command and returns its encoded result. */
    public byte[] apply(long index, byte[] command) {
        return store.apply(index, command);
    }

    /** Ends a batch. */
    public void commit() {
        store.commit();
    }

    public CommandResult read(Operation operation) {
        return store.read(operation);
    }

    /** The index of the last command in the state. */
    public long appliedIndex() {
        return store.appliedIndex();
    }

    /** The leases as of now. */
    public Collection<Lease> leases() {
        return store.leases();
    }

    public long revision() {
        return store.revision();
    }

    public StateHash hash() {
        return store.stateHash();
    }

    public WatchHub hub() {
        return hub;
    }

    /** The state as a snapshot; what the state file holds is synced as well. */
    public byte[] snapshot() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (Store.Frozen frozen = store.freeze()) {
            frozen.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Syncs the state file as it was last committed. */
    public void sync() {
        synced = copy(file);
    }

    /** Replaces the state. */
    public void restore(byte[] snapshot) {
        try {
            store.restore(new ByteArrayInputStream(snapshot));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        synced = copy(file);
    }

    /** The process ends: the running batch is undone. */
    public void crash() {
        file.rollback();
    }

    /** The machine ends: the state file is as it was last synced. */
    public void losePower() {
        file = copy(synced);
    }

    /** The state file is lost. */
    public void loseFile() {
        file = new InMemoryRevisionStore();
        synced = new InMemoryRevisionStore();
    }

    /** Starts again from the state file; false when it is damaged, and then the state is empty. */
    public boolean reopen() {
        boolean intact = true;
        try {
            store = Store.open(view.apply(file), options);
        } catch (DamagedStateException e) {
            loseFile();
            store = Store.open(view.apply(file), options);
            intact = false;
        }
        hub = new WatchHub(store);
        return intact;
    }

    private static InMemoryRevisionStore copy(InMemoryRevisionStore from) {
        InMemoryRevisionStore copy = new InMemoryRevisionStore();
        try (RevisionStore.View view = from.freeze()) {
            view.scan((revision, sub, record) -> {
                copy.put(revision, sub, record);
                return true;
            });
        }
        copy.commit();
        return copy;
    }
}
