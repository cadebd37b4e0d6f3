package dev.attune.server.instances;

import dev.attune.config.instance.InstanceRecord;
import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.session.ClientFrame;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.store.Command;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances that are connected to this node, written to the keyspace under one lease of the node, so that all nodes
 * know them and a node that dies takes its instances with it. Writes are gathered and made from time to time.
 */
public final class Instances implements InstanceRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(Instances.class);
    private static final long LEASE_MILLIS = 15_000;
    private static final long RENEW_MILLIS = 4_000;
    // What instances report may wait this long, so that what a whole fleet says of one release is written once.
    private static final long REPORT_MILLIS = 400;
    private static final int WRITES_MAX = 100;
    private static final int WRITE_BYTES_MAX = 512 << 10;
    private static final int STATES_MAX = 1_000;
    private static final int READ_KEYS_MAX = 2_000;
    private static final int READ_KEY_LENGTH_MAX = 128;

    private final Keyspace keyspace;
    private final Reads reads;
    private final Leases leases;
    private final String node;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Object lock = new Object();
    // All below: under the lock.
    private final Map<Bytes, Live> live = new LinkedHashMap<>();
    private final Set<Bytes> dirty = new LinkedHashSet<>();
    // Those of which more was heard, and since when the first of them.
    private final Set<Bytes> heardOf = new LinkedHashSet<>();
    private long heardSince;
    private long leaseId;
    private long renewedMillis;
    private boolean busy;

    public Instances(Keyspace keyspace, Leases leases, String node, Clock clock) {
        this.keyspace = keyspace;
        this.reads = new Reads(keyspace);
        this.leases = leases;
        this.node = node;
        this.clock = clock;
    }

    @Override
    public Entry joined(InstanceSpec spec, Set<String> files, boolean votes) {
        return add(spec, files, votes, false);
    }

    @Override
    public Entry follows(InstanceSpec spec, Set<String> files) {
        return add(spec, files, false, true);
    }

    private Entry add(InstanceSpec spec, Set<String> files, boolean votes, boolean follower) {
        byte[] unique = new byte[6];
        random.nextBytes(unique);
        Bytes key = InstanceRecord.key(spec, HexFormat.of().formatHex(unique));
        Live one = new Live(key, spec, List.copyOf(files), votes, follower);
        synchronized (lock) {
            live.put(key, one);
            dirty.add(key);
        }
        return one;
    }

    /** Writes what has changed and keeps the lease; to be called a few times a second. */
    public void tick() {
        synchronized (lock) {
            if (!heardOf.isEmpty() && monotonicMillis() - heardSince >= REPORT_MILLIS) {
                dirty.addAll(heardOf);
                heardOf.clear();
            }
            if (busy || (live.isEmpty() && dirty.isEmpty())) return;
            busy = true;
        }
        step().whenComplete((done, failure) -> {
            synchronized (lock) {
                busy = false;
            }
            // A whole fleet that connects at once is known within seconds.
            if (failure == null && isDirty()) tick();
            if (failure == null) return;
            synchronized (lock) {
                // Whatever went wrong, everything is written again under a new lease.
                leaseId = 0;
                dirty.addAll(live.keySet());
            }
            LOG.debug("event=instances-not-written", failure);
        });
    }

    /** Under the lock: more was heard of an instance. */
    private void heardOf(Bytes key) {
        if (!live.containsKey(key)) return;
        if (heardOf.isEmpty()) heardSince = monotonicMillis();
        heardOf.add(key);
    }

    private boolean isDirty() {
        synchronized (lock) {
            return !dirty.isEmpty();
        }
    }

    /** A wall clock that is put back must not keep the lease from being renewed. */
    private static long monotonicMillis() {
        return System.nanoTime() / 1_000_000;
    }

    private CompletableFuture<?> step() {
        long now = monotonicMillis();
        synchronized (lock) {
            if (leaseId == 0) {
                long fresh = random.nextLong() >>> 1 | 1;
                return keyspace.write(new Command.GrantLease(fresh, LEASE_MILLIS))
                        .thenAccept(done -> {
                            Reads.requireDone(done);
                            synchronized (lock) {
                                leaseId = fresh;
                                renewedMillis = now;
                            }
                        });
            }
            if (now - renewedMillis >= RENEW_MILLIS) {
                renewedMillis = now;
                return leases.keepAlive(leaseId);
            }
            return write();
        }
    }

    private CompletableFuture<?> write() {
        List<Operation> writes = new ArrayList<>();
        List<Bytes> taken = new ArrayList<>();
        int bytes = 0;
        for (Bytes key : dirty) {
            if (taken.size() == WRITES_MAX || bytes > WRITE_BYTES_MAX) break;
            taken.add(key);
            Live one = live.get(key);
            Bytes record = one == null ? Bytes.EMPTY : one.toRecord().encode();
            bytes += record.size();
            writes.add(
                    one == null
                            ? Operation.Delete.of(key)
                            : Operation.Put.of(key, record).withLease(leaseId));
        }
        taken.forEach(dirty::remove);
        taken.forEach(heardOf::remove);
        if (writes.isEmpty()) return CompletableFuture.completedFuture(null);
        return reads.run(new Operation.Txn(List.of(), writes, List.of()));
    }

    /** The instances of an application, on whichever node. */
    public CompletableFuture<List<InstanceRecord>> list(String environment, String application) {
        return reads.range(InstanceRecord.all(environment, application), ReadLevel.LINEARIZABLE)
                .thenApply(Instances::decoded);
    }

    /** The instances of an environment, on whichever node. */
    public CompletableFuture<List<InstanceRecord>> list(String environment) {
        return reads.range(InstanceRecord.all(environment), ReadLevel.LINEARIZABLE)
                .thenApply(Instances::decoded);
    }

    /** Who is connected in an environment, as far as this node knows; an instance with several connections comes once. */
    public CompletableFuture<Set<Present>> present(String environment) {
        Operation.Range keys =
                Operation.Range.of(InstanceRecord.all(environment)).withView(Operation.View.KEYS_ONLY);
        return reads.found(keys, ReadLevel.STALE).thenApply(found -> {
            Set<Present> present = new LinkedHashSet<>();
            for (KeyValue each : found.keyValues()) {
                String[] parts = each.key().toUtf8().split("/", -1);
                present.add(new Present(parts[2], parts[3]));
            }
            return present;
        });
    }

    /** A connected instance of an environment. */
    public record Present(String application, String id) {}

    private static List<InstanceRecord> decoded(List<KeyValue> found) {
        List<InstanceRecord> all = new ArrayList<>();
        for (KeyValue each : found) all.add(InstanceRecord.decode(each.value()));
        return all;
    }

    private final class Live implements Entry {
        private final Bytes key;
        private final InstanceSpec spec;
        private final List<String> files;
        private final boolean votes;
        private final boolean follower;
        private final long connectedMillis = clock.millis();
        private final Map<String, Long> offered = new TreeMap<>();
        private final Map<String, InstanceRecord.State> states = new TreeMap<>();
        private final Set<String> readKeys = new LinkedHashSet<>();

        Live(Bytes key, InstanceSpec spec, List<String> files, boolean votes, boolean follower) {
            this.key = key;
            this.spec = spec;
            this.files = files;
            this.votes = votes;
            this.follower = follower;
        }

        InstanceRecord toRecord() {
            return new InstanceRecord(
                    InstanceRecord.Spec.of(spec),
                    node,
                    connectedMillis,
                    files,
                    states,
                    List.copyOf(readKeys),
                    votes,
                    offered,
                    follower);
        }

        @Override
        public void offered(ConfigUpdate update) {
            synchronized (lock) {
                if (update.complete()) offered.clear();
                for (FileContent each : update.files())
                    if (offered.size() < STATES_MAX || offered.containsKey(each.file()))
                        offered.put(each.file(), each.release());
                update.removed().forEach(offered::remove);
                heardOf(key);
            }
        }

        @Override
        public void report(List<ClientFrame.FileState> reported, List<String> keys) {
            synchronized (lock) {
                // What an instance says is bounded here, whatever it says.
                for (ClientFrame.FileState each : reported)
                    if (states.size() < STATES_MAX || states.containsKey(each.file()))
                        states.put(
                                each.file(), new InstanceRecord.State(each.release(), each.applied(), each.reason()));
                for (String each : keys)
                    if (readKeys.size() < READ_KEYS_MAX && each.length() <= READ_KEY_LENGTH_MAX) readKeys.add(each);
                heardOf(key);
            }
        }

        @Override
        public void left() {
            synchronized (lock) {
                live.remove(key);
                dirty.add(key);
            }
        }
    }
}
