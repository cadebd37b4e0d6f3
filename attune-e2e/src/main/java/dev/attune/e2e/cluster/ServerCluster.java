package dev.attune.e2e.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A new cluster of server processes on loopback. Closing it kills the processes and keeps their directories. */
public final class ServerCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration READY = Duration.ofSeconds(40);

    private final Path directory;
    private final ServerProcess.Web web;
    private final List<ServerProcess> servers = new ArrayList<>();
    private @Nullable String token;

    private ServerCluster(Path directory, ServerProcess.Web web) {
        this.directory = directory;
        this.web = web;
    }

    private static String engine() {
        return System.getProperty("attune.engine", "raft");
    }

    /** Makes a cluster below {@code directory}, not yet started; {@code -Dattune.engine=paxos} for that engine. */
    public static ServerCluster prepare(int size, Path directory) {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
        return prepare(size, directory, new ServerProcess.Web("http", client), engine(), List.of());
    }

    /** The same by Paxos, where the last node is a witness. It never counts as ready. */
    public static ServerCluster withWitness(int size, Path directory) {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
        ServerProcess.Web web = new ServerProcess.Web("http", client);
        return prepare(size, directory, web, "paxos", List.of("--witnesses", "n" + size));
    }

    /** The same with TLS on the API of every node. */
    public static ServerCluster prepare(int size, Path directory, ServerCertificate certificate) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(1))
                .sslContext(certificate.trust())
                .build();
        return prepare(size, directory, new ServerProcess.Web("https", client), engine(), certificate.options());
    }

    private static ServerCluster prepare(
            int size, Path directory, ServerProcess.Web web, String engine, List<String> further) {
        ServerCluster cluster = new ServerCluster(directory, web);
        List<Integer> ports = Ports.free(size * 2);
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < size; i++) peers.add("n" + (i + 1) + "=127.0.0.1:" + ports.get(size + i));
        for (int i = 0; i < size; i++) {
            String id = "n" + (i + 1);
            Path own = directory.resolve(id);
            List<String> arguments = new ArrayList<>(List.of(
                    "--id",
                    id,
                    "--data-dir",
                    own.resolve("data").toString(),
                    "--listen",
                    "127.0.0.1:" + ports.get(i),
                    "--peer-listen",
                    "127.0.0.1:" + ports.get(size + i),
                    "--consensus",
                    engine));
            if (size > 1) arguments.addAll(List.of("--peers", String.join(",", peers)));
            arguments.addAll(further);
            cluster.servers.add(new ServerProcess(id, own, ports.get(i), arguments, web));
        }
        return cluster;
    }

    /**
     * Prepares a further node that joins the running cluster as a learner when it is started.
     *
     * @param further arguments of its command line
     */
    public ServerProcess join(String id, String... further) throws IOException, InterruptedException, TimeoutException {
        List<Integer> ports = Ports.free(2);
        Path own = directory.resolve(id);
        Path tokenFile = Files.writeString(directory.resolve(id + ".token"), token() + "\n");
        Files.setPosixFilePermissions(tokenFile, PosixFilePermissions.fromString("rw-------"));
        List<String> arguments = new ArrayList<>(List.of(
                "--id",
                id,
                "--data-dir",
                own.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + ports.get(0),
                "--peer-listen",
                "127.0.0.1:" + ports.get(1),
                "--join",
                servers.get(0).endpoint(),
                "--token-file",
                tokenFile.toString(),
                "--consensus",
                engine()));
        arguments.addAll(List.of(further));
        ServerProcess server = new ServerProcess(id, own, ports.get(0), arguments, web);
        servers.add(server);
        return server;
    }

    /** Kills a node and counts it as a node of the cluster no more. */
    public void forget(ServerProcess server) throws InterruptedException {
        server.kill();
        servers.remove(server);
    }

    /** Starts every node and waits until all serve. */
    public void start() throws IOException, InterruptedException, TimeoutException {
        for (ServerProcess server : servers) server.start();
        awaitReady();
    }

    public void awaitReady() throws InterruptedException, TimeoutException {
        for (ServerProcess server : servers) server.awaitReady(READY);
    }

    public List<ServerProcess> servers() {
        return List.copyOf(servers);
    }

    public List<String> endpoints() {
        return servers.stream().map(ServerProcess::endpoint).toList();
    }

    /** The administrator's token, which the node that began the cluster wrote down. */
    public String token() throws IOException, InterruptedException, TimeoutException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (token == null) {
            for (ServerProcess server : servers) {
                Path file = server.dataDirectory().resolve("admin-token");
                if (Files.exists(file)) token = Files.readString(file).trim();
            }
            if (token == null && System.nanoTime() > until) throw new TimeoutException("no node wrote admin-token");
            if (token == null) Thread.sleep(20);
        }
        return token;
    }

    /** The node that leads at the moment, by what the nodes themselves say. */
    public ServerProcess leader() throws IOException, InterruptedException, TimeoutException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < until) {
            for (ServerProcess server : servers) {
                if (!server.isAlive()) continue;
                String body = server.get("/api/v1/cluster", token());
                if (body != null && JSON.readTree(body).path("role").asText().equals("leader")) return server;
            }
            Thread.sleep(20);
        }
        throw new TimeoutException("no node leads after 20 s");
    }

    /** A node that follows. */
    public ServerProcess follower() throws IOException, InterruptedException, TimeoutException {
        ServerProcess leader = leader();
        for (ServerProcess server : servers) if (!server.id().equals(leader.id()) && server.isAlive()) return server;
        throw new IllegalStateException("no follower is alive");
    }

    /** The newest state hash and applied index of each node, for people and for comparison. */
    public List<String> states() throws IOException, InterruptedException, TimeoutException {
        List<String> states = new ArrayList<>();
        for (ServerProcess server : servers) {
            String body = server.get("/api/v1/cluster", token());
            if (body == null) throw new IOException(server.id() + " does not answer");
            var json = JSON.readTree(body);
            states.add(json.path("revision").asLong() + " "
                    + json.path("stateHash").asText());
        }
        return states;
    }

    @Override
    public void close() {
        try {
            for (ServerProcess server : servers) server.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
