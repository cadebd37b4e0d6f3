package dev.attune.consensus.paxos;

import dev.attune.consensus.StateMachine;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;

/** The state of a witness: none. */
final class NoState implements StateMachine {
    @Override
    public long appliedIndex() {
        return 0;
    }

    @Override
    public List<byte[]> apply(List<Committed> batch) {
        return Collections.nCopies(batch.size(), new byte[0]);
    }

    @Override
    public Frozen freeze() {
        throw new IllegalStateException("a witness has no state to view");
    }

    @Override
    public void restore(InputStream snapshot) {
        throw new IllegalStateException("a witness has no state to replace");
    }

    @Override
    public void leadershipChanged(boolean leading, long term) {
        // A witness never leads.
    }
}
