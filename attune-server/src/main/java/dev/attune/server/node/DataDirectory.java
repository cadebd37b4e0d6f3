package dev.attune.server.node;

import dev.attune.server.cluster.Member;
import dev.attune.storage.revisions.DamagedStoreException;
import dev.attune.storage.revisions.MvRevisionStore;
import dev.attune.storage.revisions.RevisionOptions;
import dev.attune.store.DamagedStateException;
import dev.attune.store.RevisionStore;
import dev.attune.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's place on disk: identity, log and snapshots, state, and the first administrator's token. */
final class DataDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    private final Path directory;
    private final Identity identity;

    private DataDirectory(Path directory, Identity identity) {
        this.directory = directory;
        this.identity = identity;
    }

    /** Opens the directory, or makes it; refuses one that belongs to another member or cluster. */
    static DataDirectory open(NodeOptions options) throws IOException {
        Path directory = options.dataDirectory();
        if (!Files.isDirectory(directory))
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Identity identity;
        if (Identity.exists(directory)) {
            identity = Identity.read(directory);
            if (!identity.member().equals(options.id()))
                throw new IOException(directory + " belongs to member " + identity.member() + " (this node is "
                        + options.id() + "; give --id " + identity.member() + " or another --data-dir)");
            requireEngine(directory, identity.engine(), options.consensus().engine());
            requireKind(directory, identity, options);
        } else {
            identity = new Identity(
                    options.id(), newNetworkId(options), options.consensus().engine(), options.isWitness(), false);
            identity.write(directory);
        }
        return new DataDirectory(directory, identity);
    }

    private static void requireEngine(Path directory, Engine made, Engine asked) throws IOException {
        if (made == asked) return;
        throw new IOException(directory + " was made with --consensus " + made + " and this start asks for " + asked
                + ". One engine cannot read the other's log. Start with --consensus " + made + "; or, to move the whole"
                + " cluster: take a snapshot of it (GET /api/v1/cluster/snapshot), stop it, and start new nodes in empty"
                + " data directories with --consensus " + asked + " --restore FILE.");
    }

    private static void requireKind(Path directory, Identity made, NodeOptions options) throws IOException {
        if (made.witness() == options.isWitness()) return;
        throw new IOException(
                made.witness()
                        ? directory + " is a witness's, which votes and keeps no data; start it with --witnesses "
                                + made.member()
                        : directory + " is of a node that keeps the data, so it cannot be a witness. Start it without"
                                + " --witnesses; or take it out of the cluster and join as another node.");
    }

    /** Members of a new cluster derive the same name from the same list; a node of its own takes a random one. */
    private static String newNetworkId(NodeOptions options) {
        if (options.joining().isPresent()) return options.joining().get().networkId();
        List<Member> peers = options.peers();
        if (peers.isEmpty()) return UUID.randomUUID().toString();
        return UUID.nameUUIDFromBytes(begun(options).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** What members of a new cluster must agree on: with other members or quorums they refuse each other. */
    static String begun(NodeOptions options) {
        String peers = peerList(options.peers());
        if (!options.consensus().witnesses().isEmpty())
            peers += " with witnesses " + options.consensus().witnesses();
        String named = peers;
        return options.consensus()
                .quorums()
                .map(quorums -> named + " by " + quorums)
                .orElse(named);
    }

    /** The same text for the same members, in whatever order they are given. */
    private static String peerList(List<Member> peers) {
        return peers.stream()
                .map(each -> each.id() + "=" + each.peerAddress())
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** Where an operator puts the keys that secret values are sealed with. */
    Path secretKeys() {
        return directory.resolve("secret-keys");
    }

    String networkId() {
        return identity.networkId();
    }

    /** Whether this member has taken part before. */
    boolean hasBegun() {
        return identity.begun();
    }

    /** This member takes part from now on. */
    void begin() throws IOException {
        if (!identity.begun())
            new Identity(identity.member(), identity.networkId(), identity.engine(), identity.witness(), true)
                    .write(directory);
    }

    /** Where the engine keeps its log and snapshots. */
    Path log() {
        return log(directory, identity.engine());
    }

    static Path log(Path directory, Engine engine) {
        return directory.resolve(engine.toString());
    }

    static Path state(Path directory) {
        return directory.resolve("state");
    }

    /** Where a witness remembers the other members' addresses, which it has no state to read from. */
    Path members() {
        return directory.resolve("members");
    }

    Path tokenFile() {
        return tokenFile(directory);
    }

    static Path tokenFile(Path directory) {
        return directory.resolve("admin-token");
    }

    /** The state as last written; a damaged one is removed, since the log and its snapshots can build it anew. */
    Store openStore() throws IOException {
        Path state = state(directory);
        try {
            return openStore(state);
        } catch (DamagedStoreException | DamagedStateException e) {
            LOG.warn("event=state-rebuilt reason=\"{}\"", e.getMessage());
            MvRevisionStore.delete(state);
            return openStore(state);
        }
    }

    private static Store openStore(Path state) throws IOException {
        RevisionStore revisions = MvRevisionStore.open(state, RevisionOptions.defaults());
        try {
            return Store.open(revisions);
        } catch (RuntimeException e) {
            revisions.close();
            throw e;
        }
    }
}
