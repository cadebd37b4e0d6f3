package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.RestoreTool;
import dev.attune.server.cluster.Member;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.store.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Backups of real nodes, and new clusters of real nodes out of them. */
final class RestoreTest {
    private static final MemberId N1 = new MemberId("n1");
    private static final int KEYS = 200;

    @TempDir
    private Path directory;

    private Path backup;
    private String oldCluster = "";
    private long oldRevision;
    private List<KeyValue> data = List.of();

    @BeforeEach
    void saveBackup() throws Exception {
        backup = directory.resolve("backup");
        try (AttuneNode node = start(NodeOptions.single(N1, directory.resolve("old"), 0, 0))) {
            for (int i = 0; i < KEYS; i++) put(node, "key" + i % 150, "value" + i);
            data = read(node);
            oldCluster = node.core().clusterId();
            oldRevision = node.core().revision();
            try (OutputStream out = Files.newOutputStream(backup)) {
                node.core().cluster().writeBackup(out);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    @DisplayName("O2: a restored node has all data at its old revisions, and another identity, by either engine")
    void restoredNode_hasTheDataAndAnotherIdentity(Engine engine) throws Exception {
        NodeOptions options =
                NodeOptions.single(N1, directory.resolve("new"), 0, 0).withEngine(engine);

        Restore.Restored restored = Restore.into(options, backup);

        assertThat(restored.from()).isEqualTo(oldCluster);
        assertThat(restored.revision()).isEqualTo(oldRevision + 1);
        for (int start = 0; start < 2; start++) {
            try (AttuneNode node = start(options)) {
                assertThat(node.core().clusterId())
                        .isEqualTo(restored.clusterId())
                        .isNotEqualTo(oldCluster);
                assertThat(read(node).subList(0, data.size())).isEqualTo(data);
                put(node, "later" + start, "x");
                assertThat(node.core().revision()).isGreaterThan(restored.revision());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    @DisplayName("O2, G8: three members restored from one file are one cluster with equal states, by either engine")
    void threeRestoredMembers_areOneClusterWithEqualStates(Engine engine) throws Exception {
        List<Member> members = new ArrayList<>();
        List<Integer> ports = freePorts(3);
        for (int i = 0; i < 3; i++) members.add(new Member(new MemberId("m" + i), "127.0.0.1:" + ports.get(i), ""));
        List<AttuneNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                NodeOptions options = NodeOptions.single(
                                new MemberId("m" + i), directory.resolve("m" + i), 0, ports.get(i))
                        .withPeers(members)
                        .withEngine(engine);
                StringWriter out = new StringWriter();
                String peers = String.join(
                        ",",
                        members.stream()
                                .map(each -> each.id() + "=" + each.peerAddress())
                                .toList());
                int exit = ToolProvider.findFirst(RestoreTool.NAME)
                        .orElseThrow()
                        .run(
                                new PrintWriter(out),
                                new PrintWriter(out),
                                backup.toString(),
                                "--data-dir",
                                options.dataDirectory().toString(),
                                "--id",
                                "m" + i,
                                "--peers",
                                peers,
                                "--consensus",
                                engine.toString());
                assertThat(exit).as(out.toString()).isZero();
                nodes.add(AttuneNode.start(options, cause -> {}));
            }
            for (AttuneNode node : nodes) node.ready().get(60, TimeUnit.SECONDS);
            put(nodes.get(0), "later", "x");
            for (AttuneNode node : nodes) {
                assertThat(read(node).subList(0, data.size())).isEqualTo(data);
                assertThat(node.core().clusterId())
                        .isEqualTo(nodes.get(0).core().clusterId())
                        .isNotEqualTo(oldCluster);
                assertThat(node.core().status().membership().voters()).hasSize(3);
            }
            awaitEqualStates(nodes);
        } finally {
            nodes.forEach(AttuneNode::close);
        }
    }

    @Test
    @DisplayName("O2: a backup with a changed bit or cut short is refused before anything is made")
    void damagedBackup_isRefusedAndNothingIsMade() throws Exception {
        byte[] bytes = Files.readAllBytes(backup);
        Path fresh = directory.resolve("fresh");
        NodeOptions options = NodeOptions.single(N1, fresh, 0, 0);
        for (int at = 0; at < bytes.length; at += Math.max(1, bytes.length / 50)) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 8;
            Files.write(backup, flipped);
            assertThatThrownBy(() -> Restore.into(options, backup)).isInstanceOf(DamagedSnapshotException.class);
        }
        Files.write(backup, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> Restore.into(options, backup)).isInstanceOf(DamagedSnapshotException.class);

        assertThat(fresh).doesNotExist();
    }

    @Test
    void directoryWithAnything_isRefusedAndLeftAlone() throws Exception {
        Path used = Files.createDirectory(directory.resolve("used"));
        Files.writeString(used.resolve("note"), "mine");

        assertThatThrownBy(() -> Restore.into(NodeOptions.single(N1, used, 0, 0), backup))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("not empty");

        assertThat(used.resolve("note")).hasContent("mine");
    }

    private static AttuneNode start(NodeOptions options) throws Exception {
        AttuneNode node = AttuneNode.start(options, cause -> {});
        node.ready().get(60, TimeUnit.SECONDS);
        return node;
    }

    private static void put(AttuneNode node, String key, String value) throws Exception {
        Operation put = Operation.Put.of(Bytes.utf8(key), Bytes.utf8(value));
        node.core().keyspace().write(new Command.Mutate(null, put)).get(30, TimeUnit.SECONDS);
    }

    /** All users' keys, with their revisions. */
    private static List<KeyValue> read(AttuneNode node) throws Exception {
        Operation all = Operation.Range.of(KeyRange.prefix(Bytes.utf8("k")));
        var done = node.core().keyspace().read(all, ReadLevel.LINEARIZABLE).get(30, TimeUnit.SECONDS);
        return ((OperationResult.Range) Objects.requireNonNull(done.result())).keyValues();
    }

    private static void awaitEqualStates(List<AttuneNode> nodes) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (nodes.stream()
                        .map(node -> node.core().host().stateHash())
                        .distinct()
                        .count()
                > 1) {
            if (System.nanoTime() > deadline) throw new AssertionError("states differ");
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0);
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) socket.close();
        return ports;
    }
}
