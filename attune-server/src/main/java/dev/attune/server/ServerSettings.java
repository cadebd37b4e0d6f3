package dev.attune.server;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.tls.Authorities;
import dev.attune.server.auth.Tokens;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.HttpOptions;
import dev.attune.server.node.ConsensusOptions;
import dev.attune.server.node.Engine;
import dev.attune.server.node.NodeOptions;
import dev.attune.server.node.PrivateFile;
import dev.attune.server.node.Quorums;
import dev.attune.transport.PeerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of {@code attune server}, from the command line or the configuration file, checked together. */
final class ServerSettings {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with these options by their long names.")
    @SuppressWarnings("UnusedVariable") // read by ConfigFile before the others
    private @Nullable Path config;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "attune-data",
            description = "Default: ./attune-data")
    private Path dataDirectory = Path.of("attune-data");

    @Option(names = "--id", defaultValue = "n1", description = "This node's name for ever. Default: n1")
    private String id = "n1";

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7420",
            description = "API and console. Default: 127.0.0.1:7420")
    private String listen = "127.0.0.1:7420";

    @Option(
            names = "--peer-listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7421",
            description = "Other nodes. Default: 127.0.0.1:7421")
    private String peerListen = "127.0.0.1:7421";

    @Option(
            names = "--api-address",
            paramLabel = "HOST:PORT",
            description = "What clients are told to connect to. Default: --listen")
    private @Nullable String apiAddress;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "ID=HOST:PORT",
            description = "Every node of a new cluster with its peer address, this one included.")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            description = "API of a node of the cluster to join as a learner. With TLS unless http:// stands before it,"
                    + " if this node serves its API with TLS.")
    private @Nullable String join;

    @Option(
            names = "--join-authority",
            paramLabel = "PEM",
            description = "What the certificate of the node to join must end in. Default: what Java trusts")
    private @Nullable Path joinAuthority;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Administrator's token for --join.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--bootstrap-token-file",
            paramLabel = "FILE",
            description = "First administrator's token of a new cluster, the same on all its nodes. Default: generated")
    private @Nullable Path bootstrapTokenFile;

    @Option(names = "--tls-certificate", paramLabel = "PEM", description = "Certificate chain of the API.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "Private key of the API.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--peer-tls-certificate",
            paramLabel = "PEM",
            description = "Certificate of this node for its peers; names its id.")
    private @Nullable Path peerTlsCertificate;

    @Option(names = "--peer-tls-key", paramLabel = "PEM", description = "Private key of this node for its peers.")
    private @Nullable Path peerTlsKey;

    @Option(names = "--peer-tls-authority", paramLabel = "PEM", description = "What peers' certificates must end in.")
    private @Nullable Path peerTlsAuthority;

    @Option(
            names = "--election-timeout-ms",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "How long a silent leader is waited for. Default: 1000")
    private int electionTimeoutMillis = 1000;

    @Option(
            names = "--restore",
            paramLabel = "FILE",
            description = "Start a new cluster from a saved copy; the data directory must be empty. With --peers, every"
                    + " node is started so, with the same file.")
    private @Nullable Path restore;

    @Option(
            names = "--consensus",
            paramLabel = "ENGINE",
            defaultValue = "raft",
            description = "What the members agree by: raft or paxos, the same on all. Default: raft")
    private String consensus = "raft";

    @Option(
            names = "--quorum",
            paramLabel = "WHO",
            defaultValue = "majority",
            description = "Who decides in a new cluster, the same on all nodes, with --consensus paxos: majority;"
                    + " weights:n1=2,n2=1,n3=1 (more than half of the weight); flexible:E/C (E nodes elect a leader, C"
                    + " accept a write; E + C must exceed the number of nodes). Default: majority")
    private String quorum = "majority";

    @Option(
            names = "--witnesses",
            split = ",",
            paramLabel = "ID",
            description =
                    "Nodes of a new cluster that vote and keep no data, the same on all its nodes, with --consensus"
                            + " paxos; with --join, this node's own name to join as one. Clients never connect to them.")
    private List<String> witnesses = new ArrayList<>();

    void useForTraining(Path directory) {
        dataDirectory = directory.resolve("data");
        listen = "127.0.0.1:0";
        peerListen = "127.0.0.1:0";
    }

    private Engine engine() throws IOException {
        try {
            return Engine.named(consensus);
        } catch (IllegalArgumentException e) {
            throw refused("--" + e.getMessage());
        }
    }

    private Optional<QuorumSystem> quorums(MemberId self) throws IOException {
        TreeSet<MemberId> voters = new TreeSet<>();
        for (Member member : members(peers)) voters.add(member.id());
        if (voters.isEmpty()) voters.add(self);
        Optional<QuorumSystem> quorums;
        try {
            quorums = Quorums.parse(quorum, voters);
        } catch (IllegalArgumentException e) {
            throw refused("--quorum: " + e.getMessage());
        }
        if (quorums.isEmpty()) return quorums;
        if (engine() != Engine.PAXOS)
            throw refused("--quorum " + quorum + " needs --consensus paxos; with raft a majority decides");
        if (join != null)
            throw refused("--quorum says how a new cluster decides; a node that joins one takes over what is there");
        return quorums;
    }

    private SortedSet<MemberId> witnesses(MemberId self, boolean fresh) throws IOException {
        TreeSet<MemberId> some = new TreeSet<>();
        for (String each : witnesses) some.add(new MemberId(each.strip()));
        if (some.isEmpty()) return some;
        if (engine() != Engine.PAXOS)
            throw refused("--witnesses needs --consensus paxos; with raft every node keeps the data");
        TreeSet<MemberId> all = new TreeSet<>();
        for (Member member : members(peers)) all.add(member.id());
        boolean joined = join != null || (!fresh && all.isEmpty());
        if (joined && !some.equals(new TreeSet<>(List.of(self))))
            throw refused("--witnesses " + String.join(",", witnesses) + ": a node that joins can only make itself a"
                    + " witness (expected: " + self + ")");
        if (!joined && (!all.containsAll(some) || some.containsAll(all)))
            throw refused("--witnesses " + String.join(",", witnesses) + ": some of --peers and not all of them"
                    + " (expected: of " + all + ")");
        return some;
    }

    String id() {
        return id;
    }

    Path dataDirectory() {
        return dataDirectory;
    }

    Optional<Path> restore() {
        return Optional.ofNullable(restore);
    }

    String scheme() {
        return tlsCertificate == null ? "http" : "https";
    }

    String listenHost() {
        return Member.parse(listen).getHostString();
    }

    String peerHost() {
        return Member.parse(peerListen).getHostString();
    }

    /** For a node that wrote no token of its own. */
    String whereTheTokenIs() {
        if (bootstrapTokenFile != null)
            return "The first administrator's token is the one in " + bootstrapTokenFile + ": ./attune cluster status"
                    + " --token-file " + bootstrapTokenFile;
        return "The first administrator's token lies on the node that initialised the cluster, in its data directory:"
                + " admin-token.";
    }

    /** The node's settings; fails with what to change when they do not fit together or would not be safe. */
    NodeOptions nodeOptions() throws IOException {
        MemberId self = new MemberId(id);
        boolean fresh = !Files.exists(dataDirectory.resolve("identity.properties"));
        Optional<HttpOptions.Tls> tls = tls();
        Optional<PeerTls> peerTls = peerTls();
        if (restore != null && join != null)
            throw refused("--restore begins a new cluster and --join enters a running one; give one of them");
        refuseOpenListeners(fresh && restore == null, tls.isPresent(), peerTls.isPresent());
        InetSocketAddress api = Member.parse(listen);
        InetSocketAddress peer = Member.parse(peerListen);
        NodeOptions options = new NodeOptions(
                self,
                dataDirectory,
                isLoopback(api.getHostString())
                        ? HttpOptions.loopback(api.getPort())
                                .withHost(api.getHostString())
                                .withTls(tls)
                        : HttpOptions.open(api.getHostString(), api.getPort(), tls),
                Optional.ofNullable(apiAddress),
                new InetSocketAddress(address(peer.getHostString()), peer.getPort()),
                peerTls,
                members(peers),
                Optional.empty(),
                bootstrapToken(),
                new ConsensusOptions(
                        engine(), Duration.ofMillis(electionTimeoutMillis), quorums(self), witnesses(self, fresh)));
        if (join == null || !fresh) return options;
        if (tokenFile == null) throw refused("--join needs --token-file with an administrator's token");
        String advertised = apiAddress != null ? apiAddress : listen;
        Member member = new Member(self, peerListen, advertised);
        return options.joining(
                JoinCall.join(centre(join), PrivateFile.readPrivate(tokenFile), member, options.isWitness()));
    }

    private JoinCall.Centre centre(String address) throws IOException {
        String base = address.contains("://") ? address : scheme() + "://" + address;
        if (!base.matches("https?://[^/]+")) throw refused("--join: malformed (expected: host:port)");
        Member.parse(base.substring(base.indexOf("://") + 3));
        if (joinAuthority == null) return new JoinCall.Centre(base, Optional.empty());
        return new JoinCall.Centre(base, Optional.of(Authorities.trust(Files.readAllBytes(joinAuthority))));
    }

    private void refuseOpenListeners(boolean fresh, boolean tls, boolean peerTls) throws IOException {
        if (!isLoopback(listenHost())) {
            if (!tls)
                throw refused("--listen " + listen + " can be reached from other hosts and would carry tokens in clear."
                        + " Add --tls-certificate FILE --tls-key FILE, or use --listen 127.0.0.1:7420.");
            if (fresh && join == null && bootstrapTokenFile == null)
                throw refused("--listen " + listen + " can be reached from other hosts and this centre has no"
                        + " administrator yet. Start it once with --listen 127.0.0.1:7420, or add"
                        + " --bootstrap-token-file FILE.");
        }
        if (!isLoopback(peerHost()) && !peerTls)
            throw refused("--peer-listen " + peerListen + " can be reached from other hosts without proof of who they"
                    + " are. Add --peer-tls-certificate FILE --peer-tls-key FILE --peer-tls-authority FILE, or use"
                    + " --peer-listen 127.0.0.1:7421.");
    }

    /** Members as {@code id=host:port}. */
    static List<Member> members(List<String> peers) {
        List<Member> members = new ArrayList<>();
        for (String each : peers) {
            int equals = each.indexOf('=');
            if (equals < 1) throw refused("--peers: malformed (expected: n1=host:port,n2=host:port,…)");
            members.add(new Member(
                    new MemberId(each.substring(0, equals).strip()),
                    each.substring(equals + 1).strip(),
                    ""));
        }
        return members;
    }

    private Optional<String> bootstrapToken() throws IOException {
        if (bootstrapTokenFile == null) return Optional.empty();
        String token = PrivateFile.readPrivate(bootstrapTokenFile);
        if (!Tokens.isToken(token))
            throw refused(bootstrapTokenFile + " holds no token (expected: attune_ and 43 of A-Z a-z 0-9 _ -, from 256"
                    + " random bits)");
        return Optional.of(token);
    }

    private Optional<HttpOptions.Tls> tls() {
        if (tlsCertificate == null && tlsKey == null) return Optional.empty();
        if (tlsCertificate == null || tlsKey == null)
            throw refused("--tls-certificate and --tls-key are given together or not at all");
        return Optional.of(new HttpOptions.Tls(tlsCertificate, tlsKey));
    }

    private Optional<PeerTls> peerTls() {
        if (peerTlsCertificate == null && peerTlsKey == null && peerTlsAuthority == null) return Optional.empty();
        if (peerTlsCertificate == null || peerTlsKey == null || peerTlsAuthority == null)
            throw refused("--peer-tls-certificate, --peer-tls-key and --peer-tls-authority are given together or not"
                    + " at all");
        return Optional.of(new PeerTls(peerTlsCertificate, peerTlsKey, peerTlsAuthority));
    }

    private static boolean isLoopback(String host) throws IOException {
        return address(host).isLoopbackAddress();
    }

    private static InetAddress address(String host) throws IOException {
        try {
            InetAddress[] all = InetAddress.getAllByName(host);
            return all[0];
        } catch (UnknownHostException e) {
            throw new IOException("host " + host + " is unknown (expected: a name or address of this machine)", e);
        }
    }

    private static AttuneException refused(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
