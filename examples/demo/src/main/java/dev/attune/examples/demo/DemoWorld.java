package dev.attune.examples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What the demonstration starts, and everything it leaves to clean up: processes and one folder. */
final class DemoWorld implements AutoCloseable {
    static final int SIZE = 3;

    /** What the service reads, of application {@code demo/orders}. */
    static final String FILE = "application.yaml";

    private final Path folder;
    private final Path tokenFile;
    private final String token;
    // What all nodes are started with.
    private final List<String> common;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<ServiceInstance> instances = new ArrayList<>();

    private DemoWorld(Path folder, Path tokenFile, String token, List<String> common) {
        this.folder = folder;
        this.tokenFile = tokenFile;
        this.token = token;
        this.common = common;
    }

    /** Starts three nodes on free loopback ports that agree by {@code engine}. */
    static DemoWorld start(String engine) throws IOException {
        Path folder = Files.createTempDirectory("attune-demo");
        String token = newToken();
        Path tokenFile = Files.createFile(
                folder.resolve("admin-token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(tokenFile, token + "\n", StandardCharsets.UTF_8);
        int[] ports = freePorts(2 * SIZE);
        var peers = new ArrayList<String>();
        for (int i = 0; i < SIZE; i++) peers.add("n" + (i + 1) + "=127.0.0.1:" + ports[SIZE + i]);
        var world = new DemoWorld(
                folder,
                tokenFile,
                token,
                List.of(
                        "--peers=" + String.join(",", peers),
                        "--bootstrap-token-file=" + tokenFile,
                        "--consensus=" + engine));
        try {
            for (int i = 0; i < SIZE; i++) {
                world.nodes.add(NodeProcess.start("n" + (i + 1), ports[i], ports[SIZE + i], world.common, folder));
            }
            return world;
        } catch (IOException | RuntimeException e) {
            world.close();
            throw e;
        }
    }

    void startInstances() throws IOException {
        for (int i = 1; i <= SIZE; i++) {
            instances.add(ServiceInstance.start(
                    "orders-" + i, endpointList(), tokenFile, folder.resolve("orders.log"), i == SIZE ? "CHF" : ""));
        }
    }

    void restart(NodeProcess node) throws IOException {
        node.restart(common);
    }

    List<NodeProcess> nodes() {
        return nodes;
    }

    List<ServiceInstance> instances() {
        return instances;
    }

    String token() {
        return token;
    }

    Path tokenFile() {
        return tokenFile;
    }

    Path folder() {
        return folder;
    }

    List<String> endpoints() {
        return nodes.stream().map(NodeProcess::endpoint).toList();
    }

    String endpointList() {
        return nodes.stream().map(NodeProcess::endpoint).collect(Collectors.joining(","));
    }

    /** Ends every process and removes the folder. May be called again. */
    @Override
    public void close() throws IOException {
        instances.forEach(ServiceInstance::close);
        nodes.parallelStream().forEach(NodeProcess::close);
        if (!Files.exists(folder)) return;
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        }
    }

    private static String newToken() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return "attune_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Ports that were free a moment ago; all are held at once, so that they differ. */
    private static int[] freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : sockets) socket.close();
        }
    }
}
