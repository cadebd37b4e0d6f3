package dev.attune.server.node;

import dev.attune.consensus.StateMachine;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.auth.Role;
import dev.attune.server.auth.TokenRecord;
import dev.attune.server.auth.Tokens;
import dev.attune.server.cluster.Member;
import dev.attune.storage.disk.FileDisk;
import dev.attune.storage.revisions.MvRevisionStore;
import dev.attune.storage.revisions.RevisionOptions;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import dev.attune.storage.snapshot.SnapshotReader;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Makes a data directory for a member of a new cluster out of a backup (O2): all data and its revisions as they were,
 * with an identity and members of its own, so that neither nodes nor clients take it for the old cluster.
 *
 * <p>Each member of a cluster of several is restored from the same file with the same list of peers. All that differs
 * from the backup follows from these, so the members begin with equal states (G8).
 */
public final class Restore {
    private Restore() {}

    /**
     * What was restored.
     *
     * @param from the cluster that the backup is of
     * @param clusterId the new cluster
     * @param revision the newest revision; one more than the backup's, for the new identity
     */
    public record Restored(String from, String clusterId, long revision) {}

    /**
     * Checks the whole backup, then writes; the directory gets its identity last, so that one that was not finished is
     * never used.
     *
     * @throws AttuneException FAILED_PRECONDITION when the data directory holds anything
     * @throws DamagedSnapshotException when the backup is not as it was written; nothing was made then
     */
    public static Restored into(NodeOptions options, Path backup) throws IOException {
        Path directory = options.dataDirectory();
        requireEmpty(directory);
        SnapshotHeader header = verified(backup);
        if (options.isWitness()) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return witness(options, header);
        }
        boolean made = !Files.isDirectory(directory);
        if (made)
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        boolean done = false;
        try {
            Restored restored = write(options, backup, header);
            done = true;
            return restored;
        } finally {
            if (!done) clear(directory, made);
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        try (Stream<Path> found = Files.list(directory)) {
            if (found.findAny().isPresent())
                throw new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        directory + " is not empty; a backup is restored into an empty data directory only, so that"
                                + " nothing is overwritten. Start without a restore, or give another --data-dir.");
        }
    }

    private static SnapshotHeader verified(Path backup) throws IOException {
        try (SnapshotReader reader = SnapshotFiles.read(new FileDisk(), backup)) {
            reader.verify();
            if (reader.header().index() < 1) throw new DamagedSnapshotException(backup + " holds no data");
            return reader.header();
        } catch (DamagedSnapshotException e) {
            throw new DamagedSnapshotException(backup + ": " + e.getMessage());
        }
    }

    private static Restored write(NodeOptions options, Path backup, SnapshotHeader header) throws IOException {
        String networkId = networkId(options, header);
        String clusterId = named(networkId + "/" + header.clusterId());
        Path directory = options.dataDirectory();
        long revision;
        try (Store store =
                        Store.open(MvRevisionStore.open(DataDirectory.state(directory), RevisionOptions.defaults()));
                SnapshotReader content = SnapshotFiles.read(new FileDisk(), backup)) {
            store.restore(content);
            long index = store.appliedIndex() + 1;
            CommandResult done = store.apply(index, new Command.Mutate(null, newIdentity(store, options, clusterId)));
            if (done.error() != null) throw new IOException("the new identity was refused: " + done.message());
            store.commit();
            try (Store.Frozen frozen = store.freeze()) {
                LogStart.seed(options, new Frozen(frozen), Math.max(1, header.term()));
            }
            revision = store.revision();
        }
        new Identity(options.id(), networkId, options.consensus().engine(), false, true).write(directory);
        return new Restored(header.clusterId(), clusterId, revision);
    }

    /** A witness has nothing to restore; it only has to know which cluster it is of. */
    private static Restored witness(NodeOptions options, SnapshotHeader header) throws IOException {
        String networkId = networkId(options, header);
        new Identity(options.id(), networkId, options.consensus().engine(), true, false).write(options.dataDirectory());
        return new Restored(header.clusterId(), named(networkId + "/" + header.clusterId()), 0);
    }

    /** Other than that of the old cluster, even with the same addresses. */
    private static String networkId(NodeOptions options, SnapshotHeader header) {
        if (options.peers().isEmpty()) return UUID.randomUUID().toString();
        return named(DataDirectory.begun(options) + " from " + header.clusterId() + " at " + header.index());
    }

    private static String named(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** The old members are forgotten; the new ones announce themselves. Tokens stay, and a given one is added. */
    private static Operation newIdentity(Store store, NodeOptions options, String clusterId) {
        List<Operation> changes = new ArrayList<>();
        changes.add(Operation.Put.of(Bootstrap.CLUSTER_ID, Bytes.utf8(clusterId)));
        OperationResult.Range members = (OperationResult.Range) Objects.requireNonNull(
                store.read(Operation.Range.of(KeyRange.prefix(Member.folder()))).result());
        members.keyValues().forEach(each -> changes.add(Operation.Delete.of(each.key())));
        Optional<String> token = options.administratorToken();
        // Without a clock: the record must be the same on all members.
        token.map(text -> Tokens.record(text, "restore", Role.ADMIN, 0, 0))
                .ifPresent((TokenRecord record) -> changes.add(Operation.Put.of(record.key(), record.value())));
        return new Operation.Txn(List.of(), changes, List.of());
    }

    private static void clear(Path directory, boolean whole) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) if (whole || !each.equals(directory)) Files.delete(each);
    }

    private record Frozen(Store.Frozen frozen) implements StateMachine.Frozen {
        @Override
        public long index() {
            return frozen.index();
        }

        @Override
        public void writeTo(java.io.OutputStream out) throws IOException {
            frozen.writeTo(out);
        }

        @Override
        public void close() {
            // The maker closes it.
        }
    }
}
