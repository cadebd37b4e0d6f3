package dev.attune.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attune.model.AttuneException;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Store;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchSpec;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deliberate differences are listed in {@code docs/decisions/0007-where-the-store-differs-from-etcd.md}. */
@DisplayName("G2: the store answers as a real etcd does")
class EtcdDifferentialIT {
    private static final int REQUESTS = Integer.getInteger("attune.differential.requests", 20_000);
    private static final int WATCH_EVERY = 500;
    private static final long SEED = Long.getLong("attune.differential.seed", System.nanoTime());

    @BeforeAll
    static void requireEtcd() {
        if (EtcdProcess.isInstalled()) return;
        if ("true".equals(System.getenv("CI"))) fail("etcd: missing (expected: /usr/bin/etcd, Debian's etcd-server)");
        assumeTrue(false, "etcd is not installed: skipped; `apt-get install etcd-server` to run this test");
    }

    @Test
    void random_requests_get_equal_answers_and_revisions() throws Exception {
        // Etcd syncs every request, which says nothing about its answers: memory is as good as a disk here.
        Path memory = Path.of("/dev/shm");
        Path directory = Files.isDirectory(memory)
                ? Files.createTempDirectory(memory, "attune-etcd")
                : Files.createTempDirectory("attune-etcd");
        try {
            compare(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    private static void compare(Path directory) throws Exception {
        System.out.println("differential test: -Dattune.differential.seed=" + SEED);
        try (EtcdProcess etcd = EtcdProcess.start(directory)) {
            Pair pair = new Pair(new EtcdStore(etcd.channel()), Store.open(new InMemoryRevisionStore()));
            try {
                for (int i = 0; i < REQUESTS; i++) {
                    pair.step(i);
                    if (i % WATCH_EVERY == WATCH_EVERY - 1) pair.watches();
                }
                pair.closeFollowers();
            } catch (StatusRuntimeException e) {
                throw new AssertionError("seed " + SEED + ", etcd: " + etcd.causeOfDeath(), e);
            }
            System.out.printf(
                    "%d requests, %d refused alike, revision %d, %d watches with %d events%n",
                    REQUESTS, pair.refused, pair.ours.revision(), pair.watches, pair.events);
            assertThat(pair.events).isGreaterThan(REQUESTS / 10);
            assertThat(pair.refused).isBetween(REQUESTS / 100, REQUESTS / 2);
        }
    }

    /** Both stores, given the same requests. */
    private static final class Pair {
        private final EtcdStore theirs;
        private final Store ours;
        private final RandomRequests requests = new RandomRequests(SEED);
        private final WatchHub hub;
        private final List<Follower> followers = new ArrayList<>();
        private int refused;
        private int watches;
        private int events;

        Pair(EtcdStore theirs, Store ours) {
            this.theirs = theirs;
            this.ours = ours;
            this.hub = new WatchHub(ours);
        }

        /** Opens watches from past revisions and from the future; those from the past are compared at once. */
        void watches() throws InterruptedException {
            for (Follower follower : followers) compare(follower);
            followers.clear();
            for (int i = 0; i < 4; i++)
                followers.add(new Follower(requests.watch(ours.revision(), ours.compactedRevision(), true), this));
            for (Follower follower : followers) compare(follower);
            followers.clear();
            WatchSpec past = requests.watch(ours.revision(), ours.compactedRevision(), false);
            long from = ours.revision() + 1;
            WatchSpec next = new WatchSpec(past.range(), from, false, past.puts(), past.deletes(), false, 0);
            followers.add(new Follower(next, this));
            WatchSpec later = new WatchSpec(past.range(), from + 50, false, past.puts(), past.deletes(), false, 0);
            followers.add(new Follower(later, this));
        }

        void closeFollowers() throws InterruptedException {
            for (Follower follower : followers) compare(follower);
        }

        private void compare(Follower follower) throws InterruptedException {
            while (hub.advance()) {}
            List<Event> theirEvents = follower.theirs.await(follower.events.size());
            assertThat(follower.batches).isSorted();
            for (int i = 0; i < Math.max(theirEvents.size(), follower.events.size()); i++) {
                Object expected = i < theirEvents.size() ? theirEvents.get(i) : "no more events";
                Object actual = i < follower.events.size() ? follower.events.get(i) : "no more events";
                if (!expected.equals(actual)) {
                    fail(String.format(
                            "seed %d, %s at revision %d, compacted %d, event %d of %d and %d%n etcd:   %s%n attune: %s",
                            SEED,
                            follower.spec,
                            ours.revision(),
                            ours.compactedRevision(),
                            i,
                            theirEvents.size(),
                            follower.events.size(),
                            expected,
                            actual));
                }
            }
            watches++;
            events += theirEvents.size();
            hub.cancel(follower.id);
            follower.theirs.cancel();
        }

        void step(int i) {
            if (requests.nextIsRead()) {
                Operation.Range range = requests.read(ours.revision(), ours.compactedRevision());
                compare(i, range, theirs.read(range), read(range));
            } else {
                Command command = requests.command(ours.revision(), ours.compactedRevision());
                compare(i, command, theirs.apply(command), ours.apply(i + 1, command));
                if (i % 50 == 0) ours.commit();
                while (hub.advance()) {}
            }
        }

        private CommandResult read(Operation operation) {
            try {
                return ours.read(operation);
            } catch (AttuneException e) {
                return CommandResult.refused(ours.revision(), e.code(), String.valueOf(e.getMessage()));
            }
        }

        private void compare(int i, Object request, CommandResult expected, CommandResult actual) {
            if (expected.error() != null) refused++;
            boolean same = expected.revision() == actual.revision()
                    && expected.error() == actual.error()
                    && Objects.equals(comparable(request, expected.result()), comparable(request, actual.result()));
            if (!same) {
                fail(String.format(
                        "seed %d, request %d: %s%n etcd:   %s%n attune: %s", SEED, i, request, expected, actual));
            }
        }

        private static Object comparable(Object request, @Nullable Object result) {
            Object operation = request instanceof Command.Mutate mutate ? mutate.operation() : request;
            if (!(result instanceof OperationResult answer)) return "none";
            return operation instanceof Operation asked ? normal(asked, answer) : answer;
        }
    }

    /** One watch on both. */
    private static final class Follower {
        private final WatchSpec spec;
        private final EtcdStore.Watch theirs;
        private final List<Event> events = new ArrayList<>();
        private final List<Long> batches = new ArrayList<>();
        private final long id;

        Follower(WatchSpec spec, Pair pair) throws InterruptedException {
            this.spec = spec;
            this.theirs = pair.theirs.watch(spec);
            theirs.awaitCreated();
            this.id = pair.hub.open(spec, message -> {
                if (message instanceof WatchEvents batch) {
                    batches.add(batch.revision());
                    events.addAll(batch.events());
                }
                return true;
            });
        }
    }

    /**
     * Etcd sorts unstably: keys that tie come in any order and, under a limit, any of them come. So what remains to
     * compare is the number of keys, and the keys themselves when none is cut off.
     */
    private static OperationResult normal(Operation asked, OperationResult answer) {
        if (answer instanceof OperationResult.Txn txn && asked instanceof Operation.Txn request) {
            List<Operation> branch = txn.succeeded() ? request.then() : request.otherwise();
            List<OperationResult> results = new ArrayList<>();
            for (int i = 0; i < branch.size(); i++)
                results.add(normal(branch.get(i), txn.results().get(i)));
            return new OperationResult.Txn(txn.succeeded(), results);
        }
        if (!(answer instanceof OperationResult.Range range) || !(asked instanceof Operation.Range request))
            return answer;
        if (request.sort().target() == Operation.Sort.Target.KEY) return answer;
        if (range.more()) return new OperationResult.Delete(range.keyValues().size(), List.of());
        List<KeyValue> sorted = new ArrayList<>(range.keyValues());
        sorted.sort(Comparator.comparing(KeyValue::key));
        return new OperationResult.Range(sorted, false, range.count());
    }
}
