package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** Everything one applied index stands for, and what it looks like as records. */
final class StoreState {
    private static final int FORMAT = 1;

    private final HashSum hash = new HashSum();
    private final Leases leases = new Leases(hash);
    private final RecentRevisions recent;
    private final RequestTable requests;
    private final Versions versions;
    private final Evaluator evaluator;
    private long appliedIndex;
    private @Nullable StateHash recorded;

    StoreState(RevisionStore revisions, StoreOptions options) {
        recent = new RecentRevisions(options.recentBytesMax());
        requests = new RequestTable(hash, options.requestsMax(), options.requestResultBytesMax());
        versions = new Versions(revisions, leases, recent, hash);
        evaluator = new Evaluator(versions, leases);
    }

    Leases leases() {
        return leases;
    }

    Versions versions() {
        return versions;
    }

    RecentRevisions recent() {
        return recent;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    void applied(long index) {
        if (index <= appliedIndex)
            throw new IllegalArgumentException("index: " + index + " (expected: > " + appliedIndex + ")");
        appliedIndex = index;
    }

    StateHash hash() {
        return hash.with(versions.revision(), versions.compacted());
    }

    /** The encoded first answer when {@code command} repeats a request, else null. */
    byte @Nullable [] answered(Command command) {
        RequestId id = command instanceof Command.Mutate mutate ? mutate.requestId() : null;
        return id == null ? null : requests.answered(id, versions.revision());
    }

    /** Keeps the first answer of a request. */
    void remember(RequestId id, byte[] result) {
        requests.remember(id, versions.revision(), result);
    }

    CommandResult run(Command command) {
        try {
            return command.match(new Run());
        } catch (DamagedStateException e) {
            throw e;
        } catch (AttuneException e) {
            String message = e.getMessage();
            return CommandResult.refused(versions.revision(), e.code(), message == null ? "" : message);
        }
    }

    /** Writes what is not a change of a key; the caller commits. */
    void flush(RevisionStore revisions) {
        leases.flush(revisions);
        requests.flush(revisions);
        StateHash now = hash();
        byte[] meta = new Encoder(64)
                .varint(FORMAT)
                .varint(appliedIndex)
                .varint(versions.revision())
                .varint(versions.compacted() + 1)
                .fixed64(now.high())
                .fixed64(now.low())
                .fixed32(0) // room for the seal
                .toArray();
        revisions.put(0, 0, Bytes.wrap(SealedRecord.seal(meta, 0, 0)));
    }

    /** Takes one record while opening; they come in order, so the scalars first. */
    void load(long revision, int sub, Bytes record) {
        if (revision == 0 && sub == 0) loadMeta(record);
        else if (recorded == null) throw new DamagedStateException("record 0.0: missing (expected: first)");
        else if (revision != 0) versions.load(revision, sub, record);
        else if (sub >= RequestTable.FIRST_SUB) requests.load(sub, record);
        else leases.load(sub, record);
    }

    private void loadMeta(Bytes record) {
        byte[] all = SealedRecord.check(record, 0, 0);
        try {
            Decoder in = new Decoder(all, 0, all.length - SealedRecord.SEAL_BYTES);
            long format = in.varint();
            if (format != FORMAT)
                throw new DamagedStateException("state format: " + format + " (expected: " + FORMAT + ")");
            appliedIndex = in.varint();
            versions.begin(in.varint(), in.varint() - 1);
            recorded = new StateHash(in.fixed64(), in.fixed64());
            in.expectEnd();
        } catch (MalformedException e) {
            throw new DamagedStateException("record 0.0: malformed", e);
        }
    }

    /** Ends a load: what was found must be what was recorded. */
    void verify() {
        StateHash found = hash();
        StateHash wanted = recorded == null ? found : recorded;
        if (!found.equals(wanted))
            throw new DamagedStateException("state hash: " + found + " (expected: " + wanted + ", as recorded)");
    }

    /** One branch per command kind. */
    private final class Run implements Command.Cases<CommandResult> {
        @Override
        public CommandResult mutate(Command.Mutate mutate) {
            CommandCheck.check(mutate.operation());
            return done(evaluator.mutate(mutate.operation()));
        }

        @Override
        public CommandResult compact(Command.Compact compact) {
            versions.compact(compact.revision());
            return done(null);
        }

        @Override
        public CommandResult grantLease(Command.GrantLease grant) {
            leases.grant(grant.id(), grant.ttlMillis());
            return done(null);
        }

        @Override
        public CommandResult revokeLease(Command.RevokeLease revoke) {
            evaluator.revoke(revoke.id());
            return done(null);
        }

        @Override
        public CommandResult keepLeases(Command.KeepLeases keep) {
            leases.keptBy(keep.term());
            return done(null);
        }

        @Override
        public CommandResult expireLease(Command.ExpireLease expire) {
            leases.requireKeeper(expire.term());
            evaluator.revoke(expire.id());
            return done(null);
        }

        private CommandResult done(@Nullable OperationResult result) {
            return CommandResult.ok(versions.revision(), result);
        }
    }
}
