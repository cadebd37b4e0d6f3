package dev.attune.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A system that can be started and driven. */
interface Contender {
    String name();

    /**
     * The command line of each node of a new cluster.
     *
     * @param ports for each node the port for clients, then the one for its peers
     * @param directory on the disk to be measured; exists
     */
    List<List<String>> commands(List<Integer> ports, Path directory);

    Peer connect(List<String> endpoints);

    /** Attune from jars, by the flags and class path given. */
    record Attune(String classPath, List<String> jvmFlags, Path tokenFile, String token) implements Contender {
        @Override
        public String name() {
            return "attune";
        }

        @Override
        public List<List<String>> commands(List<Integer> ports, Path directory) {
            List<String> peers = new ArrayList<>();
            for (int i = 0; i < ports.size() / 2; i++) peers.add("n" + i + "=127.0.0.1:" + ports.get(2 * i + 1));
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
                        "--data-dir=" + directory.resolve("n" + i),
                        "--listen=127.0.0.1:" + ports.get(2 * i),
                        "--peer-listen=127.0.0.1:" + ports.get(2 * i + 1),
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
            for (int i = 0; i < ports.size() / 2; i++) peers.add("n" + i + "=http://127.0.0.1:" + ports.get(2 * i + 1));
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                String client = "http://127.0.0.1:" + ports.get(2 * i);
                String peer = "http://127.0.0.1:" + ports.get(2 * i + 1);
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
}
