package dev.attune.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A system that can be started and driven. */
interface Contender {
    /** How many ports a node is given: for clients, for its peers, and one more for those who need it. */
    int PORTS = 3;

    String name();

    /**
     * The command line of each node of a new cluster.
     *
     * @param ports {@link #PORTS} for each node
     * @param directory on the disk to be measured; exists
     */
    List<List<String>> commands(List<Integer> ports, Path directory) throws IOException;

    Peer connect(List<String> endpoints) throws IOException;

    /** Attune from jars, by the flags and class path given. */
    record Attune(String engine, String classPath, List<String> jvmFlags, Path tokenFile, String token)
            implements Contender {
        @Override
        public String name() {
            return engine.equals("raft") ? "attune" : "attune-" + engine;
        }

        @Override
        public List<List<String>> commands(List<Integer> ports, Path directory) {
            List<String> peers = new ArrayList<>();
            for (int i = 0; i < ports.size() / PORTS; i++)
                peers.add("n" + i + "=127.0.0.1:" + ports.get(PORTS * i + 1));
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                List<String> command = new ArrayList<>();
                command.add(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                command.addAll(jvmFlags);
                command.addAll(List.of(
                        "-cp",
                        classPath,
                        "dev.attune.server.ServerMain",
                        "--id=n" + i,
                        "--consensus=" + engine,
                        "--data-dir=" + directory.resolve("n" + i),
                        "--listen=127.0.0.1:" + ports.get(PORTS * i),
                        "--peer-listen=127.0.0.1:" + ports.get(PORTS * i + 1),
                        "--bootstrap-token-file=" + tokenFile));
                if (peers.size() > 1) command.add("--peers=" + String.join(",", peers));
                commands.add(command);
            }
            return commands;
        }

        @Override
        public Peer connect(List<String> endpoints) {
            return new AttunePeer(endpoints, token);
        }
    }

    /** etcd with its defaults. */
    record Etcd(Path binary) implements Contender {
        @Override
        public String name() {
            return "etcd";
        }

        @Override
        public List<List<String>> commands(List<Integer> ports, Path directory) {
            List<String> peers = new ArrayList<>();
            for (int i = 0; i < ports.size() / PORTS; i++)
                peers.add("n" + i + "=http://127.0.0.1:" + ports.get(PORTS * i + 1));
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                String client = "http://127.0.0.1:" + ports.get(PORTS * i);
                String peer = "http://127.0.0.1:" + ports.get(PORTS * i + 1);
                commands.add(List.of(
                        binary.toString(),
                        "--name=n" + i,
                        "--data-dir=" + directory.resolve("n" + i),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=" + String.join(",", peers)));
            }
            return commands;
        }

        @Override
        public Peer connect(List<String> endpoints) {
            return new EtcdPeer(endpoints);
        }
    }

    /** ZooKeeper from jars, with its defaults and no limit on connections from one address. */
    record ZooKeeper(String classPath) implements Contender {
        private static final String CONFIGURATION =
                """
                tickTime=2000
                initLimit=10
                syncLimit=5
                maxClientCnxns=0
                admin.enableServer=false
                dataDir=%s
                clientPortAddress=127.0.0.1
                clientPort=%d
                """;

        @Override
        public String name() {
            return "zookeeper";
        }

        @Override
        public List<List<String>> commands(List<Integer> ports, Path directory) throws IOException {
            StringBuilder servers = new StringBuilder();
            int size = ports.size() / PORTS;
            for (int i = 0; size > 1 && i < size; i++)
                servers.append("server.%d=127.0.0.1:%d:%d%n"
                        .formatted(i + 1, ports.get(PORTS * i + 1), ports.get(PORTS * i + 2)));
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                Path data = Files.createDirectories(directory.resolve("n" + i));
                Files.writeString(data.resolve("myid"), String.valueOf(i + 1));
                Path file = directory.resolve("n" + i + ".cfg");
                Files.writeString(file, CONFIGURATION.formatted(data, ports.get(PORTS * i)) + servers);
                commands.add(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        classPath,
                        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                        file.toString()));
            }
            return commands;
        }

        @Override
        public Peer connect(List<String> endpoints) throws IOException {
            return new ZooKeeperPeer(endpoints);
        }
    }
}
