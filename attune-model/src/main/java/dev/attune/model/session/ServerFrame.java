package dev.attune.model.session;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Release;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.rollout.Directive;
import org.jspecify.annotations.Nullable;

/** What a member says. {@code id} is that of the call or stream it answers; 0 for the session itself. */
public sealed interface ServerFrame {
    long id();

    void accept(Handler handler);

    /** One method per kind, so that a new kind fails to compile until every reader handles it. */
    interface Handler {
        void hello(Hello frame);

        void result(Result frame);

        void failure(Failure frame);

        void events(Events frame);

        void progress(Progress frame);

        void cancelled(Cancelled frame);

        void pong(Pong frame);

        void config(Config frame);

        void released(Released frame);

        void directed(Directed frame);
    }

    /**
     * The first frame of a session.
     *
     * @param clusterId a client that knows another id refuses the session (S5)
     * @param revision what this member had applied when the session began
     * @param inFlightMax how many unanswered calls this member takes
     */
    record Hello(String clusterId, String memberId, String serverVersion, long revision, int inFlightMax)
            implements ServerFrame {
        @Override
        public long id() {
            return 0;
        }

        @Override
        public void accept(Handler handler) {
            handler.hello(this);
        }
    }

    /**
     * A call was carried out.
     *
     * @param revision the store's revision after it
     * @param result null for calls without one (leases, compaction)
     */
    record Result(long id, long revision, @Nullable OperationResult result) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.result(this);
        }
    }

    /**
     * A call was not carried out, or its outcome is unknown, as the code says.
     *
     * @param retryAfterMillis how long to wait before trying again, 0 for no advice
     */
    record Failure(long id, ErrorCode code, String message, long retryAfterMillis) implements ServerFrame {
        public Failure {
            if (retryAfterMillis < 0)
                throw new IllegalArgumentException("retryAfterMillis: " + retryAfterMillis + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.failure(this);
        }
    }

    /** Events of stream {@code id}, as {@link WatchBatch} reads them: the same bytes for every watcher. */
    record Events(long id, Bytes encoded) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.events(this);
        }
    }

    /** Everything on stream {@code id} up to and including {@code revision} was delivered (W6). */
    record Progress(long id, long revision) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.progress(this);
        }
    }

    /**
     * Stream {@code id} has ended.
     *
     * @param compactedRevision for {@code COMPACTED}: the oldest revision still readable, else 0
     */
    record Cancelled(long id, ErrorCode code, String message, long compactedRevision) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.cancelled(this);
        }
    }

    /** A sign of life. */
    record Pong(long id) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.pong(this);
        }
    }

    /** An update of subscription {@code id}, as {@code ConfigCodec} reads it: the same bytes for every subscriber. */
    record Config(long id, Bytes encoded) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.config(this);
        }
    }

    /**
     * A release that was published or read.
     *
     * @param revision a revision of the store at which this holds
     * @param created whether the call made it
     */
    record Released(long id, long revision, boolean created, Release release) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.released(this);
        }
    }

    /**
     * What a rollout asks of the instance of subscription {@code id}; it follows every update of the subscription up to
     * the directive's revision.
     *
     * @param encoded for {@code PREPARE} the update that would come, as {@code ConfigCodec} reads it; else empty
     */
    record Directed(long id, Directive directive, Bytes encoded) implements ServerFrame {
        @Override
        public void accept(Handler handler) {
            handler.directed(this);
        }
    }
}
