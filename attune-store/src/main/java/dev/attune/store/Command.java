package dev.attune.store;

import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import org.jspecify.annotations.Nullable;

/** What the log carries: the only inputs that change the state. */
public sealed interface Command {
    <R> R match(Cases<R> cases);

    /** One branch per kind, so that a new kind fails to compile until every reader handles it. */
    interface Cases<R> {
        R mutate(Mutate mutate);

        R compact(Compact compact);

        R grantLease(GrantLease grant);

        R revokeLease(RevokeLease revoke);

        R keepLeases(KeepLeases keep);

        R expireLease(ExpireLease expire);
    }

    /**
     * Runs a put, delete or transaction.
     *
     * @param requestId when present, a repeat returns the first result instead of running again (G4)
     */
    record Mutate(@Nullable RequestId requestId, Operation operation) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.mutate(this);
        }
    }

    /** Forgets history before {@code revision}; the newest state of each key at that revision stays readable. */
    record Compact(long revision) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.compact(this);
        }
    }

    /**
     * Creates a lease.
     *
     * @param id chosen by the proposer; not 0
     * @param ttlMillis time to live without keep-alive, in milliseconds; only the leader's host measures it
     */
    record GrantLease(long id, long ttlMillis) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.grantLease(this);
        }
    }

    /** Ends a lease on request and deletes its keys at one revision. */
    record RevokeLease(long id) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.revokeLease(this);
        }
    }

    /**
     * The leader of {@code term} keeps the time of all leases from now on: what an earlier one saw expire and could not
     * end any more has no effect, because somebody may have kept it alive since.
     */
    record KeepLeases(long term) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.keepLeases(this);
        }
    }

    /** Ends a lease like {@link RevokeLease}, unless another than the leader of {@code term} keeps its time. */
    record ExpireLease(long id, long term) implements Command {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.expireLease(this);
        }
    }
}
