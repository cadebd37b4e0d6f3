package dev.attune.config.release;

import dev.attune.model.config.Release;
import dev.attune.model.kv.Operation;
import java.util.List;

/** What has to be done to the store for a call on a file, given what the file was. */
public sealed interface FilePlan {
    /** What to run; nothing for a plan that changes nothing. */
    default Operation.Txn transaction() {
        if (this instanceof Publish publish) return publish.txn;
        if (this instanceof Delete delete) return delete.txn;
        if (this instanceof Move move) return move.txn;
        return new Operation.Txn(List.of(), List.of(), List.of());
    }

    /** Nothing: the current release already is what was asked for. */
    record Unchanged(long release) implements FilePlan {}

    /**
     * Run {@code txn}; when its compares fail, the file has changed meanwhile and the plan is to be made again.
     *
     * @param release what the transaction writes; its revision is 0 until the store gives one
     */
    record Publish(Operation.Txn txn, Release release) implements FilePlan {
        /** The release as it is stored once the transaction has succeeded at {@code revision}. */
        public Release at(long revision) {
            return new Release(
                    release.number(),
                    release.kind(),
                    release.author(),
                    release.message(),
                    release.timeMillis(),
                    revision,
                    release.parent(),
                    release.sha256(),
                    release.md5(),
                    release.text());
        }
    }

    /** Run {@code txn}, which deletes the file and keeps its releases; when its compares fail, plan again. */
    record Delete(Operation.Txn txn) implements FilePlan {}

    /** Run {@code txn}, which changes who gets which release and writes none. */
    record Move(Operation.Txn txn, long stable) implements FilePlan {}
}
