package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class DamageTest {
    @Test
    @DisplayName("G7: a snapshot with any one bit changed is refused and the old state stays")
    void snapshotWithAFlippedBit_isRefused() throws IOException {
        byte[] snapshot = snapshot(filled());
        Store target = filled();
        target.apply(99, put("own", "1"));
        StateHash own = target.stateHash();

        for (int i = 0; i < snapshot.length; i++) {
            byte[] damaged = snapshot.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            assertThatThrownBy(() -> target.restore(new ByteArrayInputStream(damaged)))
                    .as("byte %d", i)
                    .isInstanceOf(DamagedStateException.class);
            assertThat(target.stateHash()).isEqualTo(own);
        }
        target.commit();
        assertThat(Store.open(target.revisionStore()).stateHash()).isEqualTo(own);
    }

    @Test
    @DisplayName("G7: a snapshot cut anywhere, or with bytes after its end, is refused")
    void snapshotCut_isRefused() throws IOException {
        byte[] snapshot = snapshot(filled());
        Store target = Store.open(new InMemoryRevisionStore());

        for (int length = 0; length < snapshot.length; length++) {
            byte[] cut = Arrays.copyOf(snapshot, length);
            assertThatThrownBy(() -> target.restore(new ByteArrayInputStream(cut)))
                    .as("length %d", length)
                    .isInstanceOf(DamagedStateException.class);
        }
        byte[] longer = Arrays.copyOf(snapshot, snapshot.length + 1);
        assertThatThrownBy(() -> target.restore(new ByteArrayInputStream(longer)))
                .isInstanceOf(DamagedStateException.class);
        target.restore(new ByteArrayInputStream(snapshot));
        assertThat(target.stateHash()).isEqualTo(filled().stateHash());
    }

    @Test
    @DisplayName("G7: a large snapshot that proves damaged on the way leaves the store empty, not half-filled")
    void largeSnapshotDamaged_leavesTheStoreEmpty() throws IOException {
        byte[] snapshot = snapshot(filled());
        Store target = filled();

        byte[] cut = Arrays.copyOf(snapshot, snapshot.length - 1);
        assertThatThrownBy(() -> target.restore(new ByteArrayInputStream(cut), 100))
                .isInstanceOf(DamagedStateException.class);

        Store empty = Store.open(new InMemoryRevisionStore());
        assertThat(target.stateHash()).isEqualTo(empty.stateHash());
        assertThat(target.appliedIndex()).isZero();
        assertThat(Store.open(target.revisionStore()).stateHash()).isEqualTo(empty.stateHash());
        target.restore(new ByteArrayInputStream(snapshot), 100);
        assertThat(target.stateHash()).isEqualTo(filled().stateHash());
        assertThat(Store.open(target.revisionStore()).stateHash()).isEqualTo(target.stateHash());
    }

    @Test
    @DisplayName("G7: a record that was changed, lost or swapped is found at opening")
    void damagedRecord_isFoundAtOpening() {
        Store store = filled();
        List<long[]> places = new ArrayList<>();
        store.revisionStore()
                .scan(0, Long.MAX_VALUE, (revision, sub, record) -> places.add(new long[] {revision, sub}));
        assertThat(places).hasSizeGreaterThan(8);

        for (long[] place : places) {
            for (int bit = 0; bit < 200; bit += 7) {
                RevisionStore damaged = filled().revisionStore();
                Bytes record = damaged.get(place[0], (int) place[1]);
                if (record == null || bit / 8 >= record.size()) break;
                byte[] flipped = record.toArray();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                damaged.put(place[0], (int) place[1], Bytes.wrap(flipped));
                assertRefused(damaged);
            }
            RevisionStore lost = filled().revisionStore();
            lost.put(place[0], (int) place[1], null);
            assertRefused(lost);
        }
        RevisionStore swapped = filled().revisionStore();
        Bytes two = swapped.get(2, 0);
        swapped.put(2, 0, swapped.get(3, 0));
        swapped.put(3, 0, two);
        assertRefused(swapped);
    }

    @Property(tries = 2000)
    void randomBytesAsCommand_neverThrowAndChangeNothing(@ForAll byte[] command) {
        Store store = filled();
        StateHash before = store.stateHash();

        CommandResult result = ResultCodec.decode(store.apply(1000, command));

        if (result.error() != null) assertThat(store.stateHash()).isEqualTo(before);
        assertThat(store.appliedIndex()).isEqualTo(1000);
    }

    @Property(tries = 3000)
    void mutatedCommand_neverThrows(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] command = CommandCodec.encode(new RandomCommands(seed).command(9));
        for (int i = random.nextInt(4); i >= 0; i--) command[random.nextInt(command.length)] = (byte) random.nextInt();
        if (random.nextBoolean()) command = Arrays.copyOf(command, random.nextInt(command.length + 4));
        Store one = filled();
        Store two = filled();

        assertThat(one.apply(1000, command)).isEqualTo(two.apply(1000, command));
        assertThat(one.stateHash()).isEqualTo(two.stateHash());
    }

    @Test
    void malformedCommand_givesAnErrorResult() {
        Store store = Store.open(new InMemoryRevisionStore());

        assertThat(ResultCodec.decode(store.apply(1, new byte[] {9})).error()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(ResultCodec.decode(store.apply(2, new byte[0])).error()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    private static void assertRefused(RevisionStore revisions) {
        assertThatThrownBy(() -> Store.open(revisions)).isInstanceOf(DamagedStateException.class);
    }

    private static Store filled() {
        Store store = Store.open(new InMemoryRevisionStore());
        int index = 0;
        for (int i = 0; i < 6; i++) store.apply(++index, put("k" + i % 4, "value" + i));
        store.apply(++index, new Command.GrantLease(5, 1000));
        store.apply(
                ++index,
                new Command.Mutate(
                        new RequestId(3, 1, 1),
                        Operation.Put.of(Bytes.utf8("leased"), Bytes.utf8("x")).withLease(5)));
        store.apply(++index, new Command.Mutate(null, Operation.Delete.of(Bytes.utf8("k3"))));
        store.commit();
        return store;
    }

    private static Command put(String key, String value) {
        return new Command.Mutate(null, Operation.Put.of(Bytes.utf8(key), Bytes.utf8(value)));
    }

    private static byte[] snapshot(Store store) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Store.Frozen frozen = store.freeze()) {
            frozen.writeTo(out);
        }
        return out.toByteArray();
    }
}
