package dev.attune.consensus.paxos;

import dev.attune.consensus.StateMachine;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Files;

/** Makes the files of a member that begins with a state from elsewhere, as if it had been in the group all along. */
public final class PaxosSeed {
    private PaxosSeed() {}

    /**
     * Writes a snapshot of {@code state} and an empty log behind it. All members of the group begin with equal states.
     *
     * @param options whose directory must not exist yet
     * @param term the round that elections begin above
     */
    public static void write(PaxosOptions options, StateMachine.Frozen state, long term) throws IOException {
        Files.createDirectories(options.directory());
        SnapshotFiles snapshots = SnapshotFiles.open(options.directory().resolve("snapshots"));
        long slot = state.index();
        snapshots.write(new SnapshotHeader(options.group(), slot, term), out -> {
            MemberStorage.configuration(options.initial(), out);
            state.writeTo(out);
        });
        try (FileDurableLog log = FileDurableLog.open(options.directory().resolve("log"), LogOptions.defaults())) {
            log.truncate(slot + 1, slot);
            log.setRegister(
                    MemberStorage.PROMISED,
                    RecordCodec.ballot(new Ballot(term, options.self().value())));
            log.sync();
        }
    }
}
