package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.MemberId;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineChoiceTest {
    @TempDir
    private Path directory;

    @Test
    void dataOfOneEngine_isRefusedByTheOtherWhichSaysHowToMove() throws IOException {
        NodeOptions raft = NodeOptions.single(new MemberId("a"), directory.resolve("data"), 0, 0);
        NodeOptions paxos = raft.withEngine(Engine.PAXOS);
        DataDirectory.open(paxos);

        assertThat(DataDirectory.open(paxos).log()).endsWithRaw(Path.of("paxos"));
        assertThatThrownBy(() -> DataDirectory.open(raft))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was made with --consensus paxos")
                .hasMessageContaining("snapshot")
                .hasMessageContaining("--restore FILE");
    }

    @Test
    void engines_areNamedInLowerCase() {
        assertThat(Engine.named("paxos")).isEqualTo(Engine.PAXOS);
        assertThatThrownBy(() -> Engine.named("zab")).hasMessageContaining("raft or paxos");
    }
}
