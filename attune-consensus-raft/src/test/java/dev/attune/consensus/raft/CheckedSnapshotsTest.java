package dev.attune.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.StateMachine;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckedSnapshotsTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    @TempDir
    private Path directory;

    @Test
    @DisplayName("G7: a bit changed in what the library notes of a snapshot never changes index, term or members")
    void flippedBitInTheNote_isRefused() throws Exception {
        JournalMachine machine = new JournalMachine();
        machine.apply(List.of(new StateMachine.Committed(7, 3, new byte[] {'x'})));
        try (StateMachine.Frozen state = machine.freeze()) {
            RaftSeed.write(RaftOptions.of(A, "notes", Membership.voters(A, B), directory), state, 3);
        }
        Path snapshots = directory.resolve("snapshots");
        Path folder = snapshots.resolve("snapshot_7");
        SnapshotMeta intact = load(snapshots);
        assertThat(intact).isNotNull();
        int refused = 0;

        for (String name : List.of("__raft_snapshot_meta", "members")) {
            Path file = folder.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            // The first bytes tell the library how much memory to take; a change there ends the process, not the truth.
            for (int at = name.equals("members") ? 0 : 4; at < bytes.length; at++) {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << at % 3);
                Files.write(file, flipped);
                SnapshotMeta found = load(snapshots);
                if (found == null) refused++;
                else assertThat(found).as(name + " byte " + at).isEqualTo(intact);
            }
            Files.write(file, bytes);
        }

        assertThat(refused).isGreaterThan(80);
    }

    /** What a start would go on with; null when it would be refused. */
    private static @Nullable SnapshotMeta load(Path snapshots) throws IOException {
        CheckedSnapshots storage =
                new CheckedSnapshots(snapshots.toString(), "", new com.alipay.sofa.jraft.option.RaftOptions());
        assertThat(storage.init(null)).isTrue();
        try (var reader = storage.open()) {
            if (reader == null) return null;
            SnapshotMeta meta = reader.load();
            CheckedSnapshots.check(reader.getPath(), meta);
            return meta;
        } catch (DamagedSnapshotException | RuntimeException e) {
            return null;
        }
    }
}
