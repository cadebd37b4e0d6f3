package dev.attune.model.session;

import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.rollout.Answer;
import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import dev.attune.model.signal.SignalCodec;
import java.util.List;

/**
 * What a client says. {@code id} names a call or a stream: chosen by the client, unique among its unanswered calls, or
 * among its open streams, of the session, and repeated in every answer.
 */
public sealed interface ClientFrame {
    long id();

    void accept(Handler handler);

    /** One method per kind, so that a new kind fails to compile until every reader handles it. */
    interface Handler {
        void read(Read frame);

        void write(Write frame);

        void compact(Compact frame);

        void grantLease(GrantLease frame);

        void revokeLease(RevokeLease frame);

        void keepAlive(KeepAlive frame);

        void openWatch(OpenWatch frame);

        void credit(Credit frame);

        void closeStream(CloseStream frame);

        void ping(Ping frame);

        void subscribe(Subscribe frame);

        void publish(Publish frame);

        void rollBack(RollBack frame);

        void readFile(ReadFile frame);

        void report(Report frame);

        void answered(Answered frame);

        void measured(Measured frame);
    }

    /**
     * Reads: a range, or a transaction of ranges.
     *
     * @param linearizable whether everything acknowledged before must be seen
     * @param minRevision otherwise the oldest state that will do, 0 for any
     */
    record Read(long id, Operation operation, boolean linearizable, long minRevision) implements ClientFrame {
        public Read {
            if (minRevision < 0)
                throw new IllegalArgumentException("minRevision: " + minRevision + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.read(this);
        }
    }

    /** Mutates; a repeat with the same request id has no further effect (G4). */
    record Write(long id, RequestId requestId, Operation operation) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.write(this);
        }
    }

    /** Forgets history before {@code revision}. */
    record Compact(long id, long revision) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.compact(this);
        }
    }

    /**
     * Creates a lease under an id the client chose, so that a repeat cannot make a second one.
     *
     * @param ttlMillis time to live without keep-alive, in milliseconds
     */
    record GrantLease(long id, long leaseId, long ttlMillis) implements ClientFrame {
        public GrantLease {
            if (leaseId == 0) throw new IllegalArgumentException("leaseId: 0 (expected: not 0)");
            if (ttlMillis < 1) throw new IllegalArgumentException("ttlMillis: " + ttlMillis + " (expected: >= 1)");
        }

        @Override
        public void accept(Handler handler) {
            handler.grantLease(this);
        }
    }

    /** Ends a lease and deletes its keys. */
    record RevokeLease(long id, long leaseId) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.revokeLease(this);
        }
    }

    /** Starts the time to live of a lease again. */
    record KeepAlive(long id, long leaseId) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.keepAlive(this);
        }
    }

    /**
     * Opens a watch as stream {@code id}.
     *
     * @param startRevision first revision of interest; 0 for everything after the present one
     * @param wants which events, and how
     * @param credit how many bytes of events may be sent before more credit is given
     */
    record OpenWatch(long id, KeyRange range, long startRevision, Wants wants, long credit) implements ClientFrame {
        public OpenWatch {
            if (startRevision < 0)
                throw new IllegalArgumentException("startRevision: " + startRevision + " (expected: >= 0)");
            if (credit < 0) throw new IllegalArgumentException("credit: " + credit + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.openWatch(this);
        }
    }

    /**
     * Which events of a watch are wanted.
     *
     * @param previous whether events carry the key as it was before
     * @param progress whether progress marks are sent when idle (W6)
     * @param fragmentBytesMax a revision's events are split into fragments of about this size; 0 never splits
     */
    record Wants(boolean previous, boolean puts, boolean deletes, boolean progress, int fragmentBytesMax) {
        /** Puts and deletes with progress marks, unsplit. */
        public static final Wants EVENTS = new Wants(false, true, true, true, 0);

        public Wants {
            if (fragmentBytesMax < 0)
                throw new IllegalArgumentException("fragmentBytesMax: " + fragmentBytesMax + " (expected: >= 0)");
        }

        public Wants withPrevious() {
            return new Wants(true, puts, deletes, progress, fragmentBytesMax);
        }
    }

    /** Allows {@code bytes} more on stream {@code id}: the client has dealt with as many. */
    record Credit(long id, long bytes) implements ClientFrame {
        public Credit {
            if (bytes < 1) throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 1)");
        }

        @Override
        public void accept(Handler handler) {
            handler.credit(this);
        }
    }

    /** Ends stream {@code id}; messages under way may still arrive. */
    record CloseStream(long id) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.closeStream(this);
        }
    }

    /** Asks for a sign of life. */
    record Ping(long id) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.ping(this);
        }
    }

    /**
     * Follows the files of an instance's application as stream {@code id}.
     *
     * @param files names of interest; empty for every file
     * @param resumeAfterRevision the last revision put in force; 0 to start with the complete state
     * @param credit how many bytes of updates may be sent before more credit is given
     * @param votes whether the client understands directives; one that does not is never sent any
     */
    record Subscribe(
            long id, InstanceSpec instance, List<String> files, long resumeAfterRevision, long credit, boolean votes)
            implements ClientFrame {
        /** Of a client that takes no part in rollouts. */
        public Subscribe(long id, InstanceSpec instance, List<String> files, long resumeAfterRevision, long credit) {
            this(id, instance, files, resumeAfterRevision, credit, false);
        }

        public Subscribe {
            files = List.copyOf(files);
            if (resumeAfterRevision < 0)
                throw new IllegalArgumentException("resumeAfterRevision: " + resumeAfterRevision + " (expected: >= 0)");
            if (credit < 0) throw new IllegalArgumentException("credit: " + credit + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.subscribe(this);
        }
    }

    /**
     * Releases a text and makes it current. It names the release it replaces, so a repeat has no second effect (G4).
     *
     * @param base number of the release that must be current; 0 for no file
     */
    record Publish(long id, Coordinate file, Bytes text, String message, long base) implements ClientFrame {
        public Publish {
            if (base < 0) throw new IllegalArgumentException("base: " + base + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.publish(this);
        }
    }

    /**
     * Makes a new current release with the bytes of an earlier one.
     *
     * @param release number of the earlier one
     * @param base number of the release that must be current
     */
    record RollBack(long id, Coordinate file, long release, String message, long base) implements ClientFrame {
        public RollBack {
            if (release < 1) throw new IllegalArgumentException("release: " + release + " (expected: >= 1)");
            if (base < 1) throw new IllegalArgumentException("base: " + base + " (expected: >= 1)");
        }

        @Override
        public void accept(Handler handler) {
            handler.rollBack(this);
        }
    }

    /** Reads a release of a file; number 0 for the current one. */
    record ReadFile(long id, Coordinate file, long release) implements ClientFrame {
        public ReadFile {
            if (release < 0) throw new IllegalArgumentException("release: " + release + " (expected: >= 0)");
        }

        @Override
        public void accept(Handler handler) {
            handler.readFile(this);
        }
    }

    /**
     * What became of a subscription's releases, and which keys the program reads. Nothing is answered.
     *
     * @param id of the subscription
     * @param files the present state of every file that was offered
     * @param readKeys keys that were read for the first time since the last report
     */
    record Report(long id, List<FileState> files, List<String> readKeys) implements ClientFrame {
        /** Most keys of one report. */
        public static final int KEYS_MAX = 1000;

        public Report {
            files = List.copyOf(files);
            readKeys = List.copyOf(readKeys);
            if (readKeys.size() > KEYS_MAX)
                throw new IllegalArgumentException("readKeys: " + readKeys.size() + " (expected: <= " + KEYS_MAX + ")");
        }

        @Override
        public void accept(Handler handler) {
            handler.report(this);
        }
    }

    /**
     * What an instance did with a release.
     *
     * @param applied whether it is in force; else it was vetoed
     * @param reason of the veto; empty when applied
     */
    record FileState(String file, long release, boolean applied, String reason) {
        private static final int REASON_MAX = 1000;

        public FileState {
            dev.attune.model.config.Names.require("file", file);
            if (release < 1) throw new IllegalArgumentException("release: " + release + " (expected: >= 1)");
            if (reason.length() > REASON_MAX) reason = reason.substring(0, REASON_MAX);
        }
    }

    /**
     * What an instance says to a directive of subscription {@code id}.
     *
     * @param id of the subscription
     */
    record Answered(long id, Answer answer) implements ClientFrame {
        @Override
        public void accept(Handler handler) {
            handler.answered(this);
        }
    }

    /**
     * What the instance of subscription {@code id} measured and logged. Nothing is answered.
     *
     * @param id of the subscription
     */
    record Measured(long id, List<Measurement> measurements, List<LogLine> lines) implements ClientFrame {
        public Measured {
            measurements = List.copyOf(measurements);
            lines = List.copyOf(lines);
            if (measurements.size() > SignalCodec.COUNT_MAX || lines.size() > SignalCodec.COUNT_MAX)
                throw new IllegalArgumentException("measurements, lines: " + measurements.size() + ", " + lines.size()
                        + " (expected: <= " + SignalCodec.COUNT_MAX + " each)");
        }

        @Override
        public void accept(Handler handler) {
            handler.measured(this);
        }
    }
}
