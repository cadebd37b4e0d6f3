package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/** Random commands give the same as the naive model; jqwik prints the seed that fails. */
final class StoreModelTest {
    private static final int COMMANDS = 150;

    @Property(tries = 100)
    @Label("every result, read, lease and revision equals the model's (G1, G2)")
    void randomCommands_equalTheModel(@ForAll long seed) {
        RandomCommands random = new RandomCommands(seed);
        NaiveModel model = new NaiveModel();
        Store store = Store.open(new InMemoryRevisionStore());
        for (int i = 1; i <= COMMANDS; i++) {
            Command command = random.command(model.revision);
            CommandResult expected = model.apply(command);
            CommandResult actual = i % 2 == 0
                    ? store.apply(i, command)
                    : ResultCodec.decode(store.apply(i, CommandCodec.encode(command)));

            assertThat(quiet(actual)).as("%d: %s", i, command).isEqualTo(expected);
            Operation.Range range = random.readRange(model.revision);
            assertThat(quiet(read(store, range))).as("%s", range).isEqualTo(model.read(range));
        }
        assertThat(store.leases().stream().map(Lease::id)).containsExactlyElementsOf(model.leases.keySet());
        for (Lease lease : store.leases()) {
            Set<Bytes> keys = model.newest().values().stream()
                    .filter(kv -> kv.leaseId() == lease.id())
                    .map(KeyValue::key)
                    .collect(Collectors.toSet());
            assertThat(lease.keys()).isEqualTo(keys);
        }
    }

    @Property(tries = 60)
    @Label("G8: replay, reopen and restore give the same state hash and the same answers")
    void sameCommands_giveTheSameState(@ForAll long seed) throws IOException {
        RandomCommands random = new RandomCommands(seed);
        InMemoryRevisionStore revisions = new InMemoryRevisionStore();
        Store store = Store.open(revisions);
        List<byte[]> commands = new ArrayList<>();
        List<byte[]> results = new ArrayList<>();
        for (int i = 1; i <= COMMANDS; i++) {
            Command command = random.command(store.revision());
            if (command instanceof Command.Mutate m) command = new Command.Mutate(requestId(random), m.operation());
            commands.add(CommandCodec.encode(command));
            results.add(store.apply(i, commands.get(i - 1)));
            if (random.below(5) == 0) store.commit();
            if (random.below(20) == 0) {
                store.commit();
                StateHash before = store.stateHash();
                store = random.below(2) == 0 ? Store.open(revisions) : restored(store);
                assertThat(store.stateHash()).isEqualTo(before);
                assertThat(store.appliedIndex()).isEqualTo(i);
                revisions = (InMemoryRevisionStore) store.revisionStore();
            }
        }

        Store replayed = Store.open(new InMemoryRevisionStore());
        for (int i = 1; i <= COMMANDS; i++)
            assertThat(replayed.apply(i, commands.get(i - 1))).isEqualTo(results.get(i - 1));
        assertThat(replayed.stateHash()).isEqualTo(store.stateHash());
        assertThat(replayed.leases()).isEqualTo(store.leases());
    }

    private static dev.attune.model.RequestId requestId(RandomCommands random) {
        long sequence = 1L + random.below(30);
        return new dev.attune.model.RequestId(
                1 + random.below(3), sequence, Math.max(0, sequence - 1 - random.below(10)));
    }

    private static Store restored(Store store) throws IOException {
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        try (Store.Frozen frozen = store.freeze()) {
            frozen.writeTo(snapshot);
        }
        Store other = Store.open(new InMemoryRevisionStore());
        other.apply(1, new Command.Mutate(null, Operation.Put.of(Bytes.utf8("stale"), Bytes.utf8("x"))));
        other.restore(new ByteArrayInputStream(snapshot.toByteArray()));
        return other;
    }

    private static CommandResult read(Store store, Operation.Range range) {
        try {
            return store.read(range);
        } catch (AttuneException e) {
            return CommandResult.refused(store.revision(), e.code(), "");
        }
    }

    private static CommandResult quiet(CommandResult result) {
        ErrorCode error = result.error();
        return error == null ? result : CommandResult.refused(result.revision(), error, "");
    }
}
