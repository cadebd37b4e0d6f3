package dev.attune.consensus.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.core.Effects.Write;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.storage.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberStorageTest {
    private static final MemberId A = new MemberId("a");
    private static final Membership THREE = Membership.voters(A, new MemberId("b"), new MemberId("c"));
    private static final Configuration INITIAL = Configuration.initial(THREE);
    private static final Ballot OLD = new Ballot(1, "b");

    @TempDir
    private Path directory;

    @Test
    @DisplayName("G5: what lies before a peer's snapshot and was never chosen is not told to others as chosen")
    void entriesBeforeASnapshotThatTheLogDoesNotReach_areForgotten() throws IOException {
        write(2);

        try (MemberStorage storage = open()) {
            Recovered found = storage.recover(INITIAL, 1).recovered();

            assertThat(found.chosen()).isEqualTo(4);
            assertThat(found.tail()).extracting(Entry::slot).containsExactly(5L);
            assertThat(storage.read(3)).isNull();
            assertThat(storage.read(4)).isNull();
            assertThat(storage.bounds().first()).isEqualTo(5);
        }
    }

    @Test
    void entriesBeforeASnapshotThatTheLogKnowsChosen_stayForThoseWhoLag() throws IOException {
        write(4);

        try (MemberStorage storage = open()) {
            assertThat(storage.recover(INITIAL, 1).recovered().chosen()).isEqualTo(4);
            assertThat(storage.read(1)).isNotNull();
        }
    }

    /** Five entries of an old ballot, of which some are chosen, and a snapshot up to the fourth slot. */
    private void write(long chosen) throws IOException {
        try (MemberStorage storage = open()) {
            storage.recover(INITIAL, 1);
            for (long slot = 1; slot <= 5; slot++)
                storage.write(
                        List.of(new Write.Append(new Entry(slot, OLD, Entry.Kind.COMMAND, new byte[] {(byte) slot}))));
            storage.write(List.of(new Write.SetChosen(chosen, true)));
            storage.snapshots()
                    .write(new SnapshotHeader("test", 4, 2), out -> MemberStorage.configuration(INITIAL, out));
        }
    }

    private MemberStorage open() throws IOException {
        return MemberStorage.open(PaxosOptions.of(A, "test", THREE, directory));
    }
}
