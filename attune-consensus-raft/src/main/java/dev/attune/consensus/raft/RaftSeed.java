package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import dev.attune.consensus.StateMachine;
import dev.attune.storage.disk.FileDisk;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a member of a new group that begins with a state instead of with nothing. */
public final class RaftSeed {
    private RaftSeed() {}

    /**
     * Writes a snapshot of {@code state} and the empty log behind it, durably. Every voter of the group must be seeded
     * with the same state, group and term, before any of them is started.
     *
     * @param options of the member; its initial voters are those of the group
     * @param term below the terms of the new group; at least that of the group the state comes from, so that terms go on
     *     rising for whoever compares them
     */
    public static void write(RaftOptions options, StateMachine.Frozen state, long term) throws IOException {
        if (term < 1) throw new IllegalArgumentException("term: " + term + " (expected: >= 1)");
        if (options.initial().voters().isEmpty())
            throw new IllegalArgumentException("initial: no voters (expected: those of the new group)");
        Files.createDirectories(options.directory());
        writeSnapshot(options, state, term);
        try (FileDurableLog log =
                FileDurableLog.open(options.directory().resolve(RaftLog.LOG_DIRECTORY), LogOptions.defaults())) {
            log.setRegister(DurableMetaStorage.REGISTER, DurableMetaStorage.encode(term, PeerId.emptyPeer()));
            log.truncate(state.index() + 1, state.index());
            log.sync();
        }
        new FileDisk().syncDirectory(options.directory());
    }

    private static void writeSnapshot(RaftOptions options, StateMachine.Frozen state, long term) throws IOException {
        Path directory = options.directory().resolve(NodeSettings.SNAPSHOT_DIRECTORY);
        var settings = new com.alipay.sofa.jraft.option.RaftOptions();
        settings.setSync(true);
        settings.setSyncMeta(true);
        CheckedSnapshots storage = new CheckedSnapshots(directory.toString(), "", settings);
        if (!storage.init(null)) throw new IOException("snapshot directory " + directory + " cannot be used");
        SnapshotWriter writer = storage.create();
        if (writer == null) throw new IOException("snapshot in " + directory + " cannot be written");
        SnapshotMeta.Builder meta =
                SnapshotMeta.newBuilder().setLastIncludedIndex(state.index()).setLastIncludedTerm(term);
        options.initial()
                .voters()
                .forEach(voter -> meta.addPeers(Peers.of(voter).toString()));
        try (writer) {
            SnapshotFiles.write(
                    new FileDisk(),
                    Path.of(writer.getPath(), MachineAdapter.SNAPSHOT_NAME),
                    new SnapshotHeader(options.group(), state.index(), term),
                    state::writeTo);
            if (!writer.addFile(MachineAdapter.SNAPSHOT_NAME) || !writer.saveMeta(meta.build()))
                throw new IOException("snapshot in " + directory + " was not taken");
        }
        if (storage.getLastSnapshotIndex() != state.index())
            throw new IOException("snapshot in " + directory + " was not kept");
    }
}
