package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import dev.attune.model.Bytes;
import dev.attune.model.kv.Operation;
import dev.attune.server.cluster.Member;
import dev.attune.store.Command;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuorumsTest {
    private static final TreeSet<MemberId> THREE =
            new TreeSet<>(List.of(new MemberId("n0"), new MemberId("n1"), new MemberId("n2")));

    @TempDir
    private Path directory;

    @Test
    void quorums_areReadAsWritten() {
        assertThat(Quorums.parse("majority", THREE)).isEmpty();
        assertThat(Quorums.parse("flexible:2/2", THREE)).contains(new QuorumSystem.Flexible(THREE, 2, 2));
        QuorumSystem weighted = Quorums.parse("weights:n0=3, n1=1,n2=1", THREE).orElseThrow();
        assertThat(weighted.phase2(List.of(new MemberId("n0")))).isTrue();
        assertThat(weighted.phase1(List.of(new MemberId("n1"), new MemberId("n2"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "most",
                "weights:",
                "weights:n0=1,n1=1",
                "weights:n0=1,n1=1,n9=1",
                "weights:n0=0,n1=1,n2=1",
                "weights:n0=-1,n1=1,n2=1",
                "flexible:2",
                "flexible:2/x",
                "flexible:4/1"
            })
    void anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> Quorums.parse(text, THREE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    @DisplayName("G1: quorums that might not meet are refused before anything is made")
    void quorumsThatMightNotMeet_areRefused() {
        assertThatThrownBy(() -> Quorums.parse("flexible:2/1", THREE)).hasMessageContaining("might not meet");
    }

    @Test
    void quorumsWithRaft_areRefused() {
        Optional<QuorumSystem> quorums = Quorums.parse("flexible:2/2", THREE);

        assertThatThrownBy(() -> new ConsensusOptions(Engine.RAFT, Duration.ofSeconds(1), quorums))
                .hasMessageContaining("raft");
    }

    @Test
    @DisplayName(
            "G5, G10: in a cluster by weights the heavy node decides alone, also after a start that does not say so")
    void weightedCluster_decidesByWeight() throws Exception {
        List<Member> members = new ArrayList<>();
        for (MemberId id : THREE) members.add(new Member(id, "127.0.0.1:" + freePort(), ""));
        QuorumSystem weights = Quorums.parse("weights:n0=3,n1=1,n2=1", THREE).orElseThrow();
        List<AttuneNode> nodes = new ArrayList<>();
        try {
            for (Member member : members) nodes.add(AttuneNode.start(options(member, members, weights), cause -> {}));
            for (AttuneNode node : nodes) node.ready().get(60, TimeUnit.SECONDS);
            put(nodes.get(1), "with all");
            nodes.get(1).close();
            nodes.get(2).close();

            put(nodes.get(0), "with the heavy one");

            nodes.get(0).close();
            nodes.set(0, AttuneNode.start(options(members.get(0), members, null), cause -> {}));
            nodes.get(0).ready().get(60, TimeUnit.SECONDS);
            put(nodes.get(0), "after a start without the option");
        } finally {
            nodes.forEach(AttuneNode::close);
        }
    }

    private NodeOptions options(
            Member member, List<Member> members, @org.jspecify.annotations.Nullable QuorumSystem quorums) {
        int port = Integer.parseInt(
                member.peerAddress().substring(member.peerAddress().indexOf(':') + 1));
        NodeOptions options = NodeOptions.single(
                        member.id(), directory.resolve(member.id().value()), 0, port)
                .withPeers(members)
                .withEngine(Engine.PAXOS);
        return quorums == null
                ? options
                : options.withConsensus(options.consensus().withQuorums(quorums));
    }

    private static void put(AttuneNode node, String value) throws Exception {
        Operation put = Operation.Put.of(Bytes.utf8("key"), Bytes.utf8(value));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                node.core().keyspace().write(new Command.Mutate(null, put)).get(30, TimeUnit.SECONDS);
                return;
            } catch (java.util.concurrent.ExecutionException e) {
                // Whoever leads may just have changed.
                if (System.nanoTime() > deadline) throw e;
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
