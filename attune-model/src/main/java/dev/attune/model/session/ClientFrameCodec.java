package dev.attune.model.session;

import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.rollout.RolloutCodec;
import dev.attune.model.signal.SignalCodec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.KvCodec;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** Bytes ↔ {@link ClientFrame}. Wire-stable: numbers are only ever added. */
public final class ClientFrameCodec {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int COMPACT = 3;
    private static final int GRANT_LEASE = 4;
    private static final int REVOKE_LEASE = 5;
    private static final int KEEP_ALIVE = 6;
    private static final int OPEN_WATCH = 7;
    private static final int CREDIT = 8;
    private static final int CLOSE_STREAM = 9;
    private static final int PING = 10;
    private static final int SUBSCRIBE = 11;
    private static final int PUBLISH = 12;
    private static final int ROLL_BACK = 13;
    private static final int READ_FILE = 14;
    private static final int REPORT = 15;
    private static final int ANSWER = 16;
    /** A subscription whose client understands directives; a number of its own, since older members know none. */
    private static final int SUBSCRIBE_AND_VOTE = 17;

    private static final int MEASURED = 18;

    private ClientFrameCodec() {}

    /** The frame without its length prefix. */
    public static byte[] encode(ClientFrame frame) {
        Encoder out = new Encoder(128);
        frame.accept(new Writer(out));
        return out.toArray();
    }

    /** Reads one frame, all of {@code in}. */
    public static ClientFrame decode(Decoder in) {
        int kind = in.byteValue();
        long id = in.varint();
        try {
            ClientFrame frame = body(kind, id, in);
            in.expectEnd();
            return frame;
        } catch (MalformedException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ClientFrame body(int kind, long id, Decoder in) {
        switch (kind) {
            case READ:
                return new ClientFrame.Read(id, KvCodec.readOperation(in), in.bool(), in.varint());
            case WRITE:
                return new ClientFrame.Write(id, KvCodec.readRequestId(in), KvCodec.readOperation(in));
            case COMPACT:
                return new ClientFrame.Compact(id, in.varint());
            case GRANT_LEASE:
                return new ClientFrame.GrantLease(id, in.fixed64(), in.varint());
            case REVOKE_LEASE:
                return new ClientFrame.RevokeLease(id, in.fixed64());
            case KEEP_ALIVE:
                return new ClientFrame.KeepAlive(id, in.fixed64());
            case OPEN_WATCH:
                return openWatch(id, in);
            case CREDIT:
                return new ClientFrame.Credit(id, in.varint());
            case CLOSE_STREAM:
                return new ClientFrame.CloseStream(id);
            case PING:
                return new ClientFrame.Ping(id);
            case SUBSCRIBE:
                return subscribe(id, in, false);
            case SUBSCRIBE_AND_VOTE:
                return subscribe(id, in, true);
            case PUBLISH:
                return new ClientFrame.Publish(id, coordinate(in), in.bytes(), in.text(), in.varint());
            case ROLL_BACK:
                return new ClientFrame.RollBack(id, coordinate(in), in.varint(), in.text(), in.varint());
            case READ_FILE:
                return new ClientFrame.ReadFile(id, coordinate(in), in.varint());
            case REPORT:
                return report(id, in);
            case ANSWER:
                return new ClientFrame.Answered(id, RolloutCodec.readAnswer(in));
            case MEASURED:
                return new ClientFrame.Measured(id, SignalCodec.readMeasurements(in), SignalCodec.readLines(in));
            default:
                throw new MalformedException("frame kind: " + kind + " (expected: 1..18)");
        }
    }

    private static ClientFrame openWatch(long id, Decoder in) {
        KeyRange range = KvCodec.readKeyRange(in);
        long startRevision = in.varint();
        ClientFrame.Wants wants =
                new ClientFrame.Wants(in.bool(), in.bool(), in.bool(), in.bool(), in.varint(Integer.MAX_VALUE));
        return new ClientFrame.OpenWatch(id, range, startRevision, wants, in.varint());
    }

    private static ClientFrame subscribe(long id, Decoder in, boolean votes) {
        InstanceSpec instance = ConfigCodec.readInstance(in);
        int count = in.count(1);
        List<String> files = new ArrayList<>(count);
        for (int i = 0; i < count; i++) files.add(in.text());
        return new ClientFrame.Subscribe(id, instance, files, in.varint(), in.varint(), votes);
    }

    private static ClientFrame report(long id, Decoder in) {
        int fileCount = in.count(4);
        List<ClientFrame.FileState> files = new ArrayList<>(fileCount);
        for (int i = 0; i < fileCount; i++)
            files.add(new ClientFrame.FileState(in.text(), in.varint(), in.bool(), in.text()));
        int keyCount = in.count(1);
        List<String> keys = new ArrayList<>(keyCount);
        for (int i = 0; i < keyCount; i++) keys.add(in.text());
        return new ClientFrame.Report(id, files, keys);
    }

    private static Coordinate coordinate(Decoder in) {
        return new Coordinate(in.text(), in.text(), in.text(), in.text());
    }

    private record Writer(Encoder out) implements ClientFrame.Handler {
        private Encoder head(int kind, ClientFrame frame) {
            return out.byteValue(kind).varint(frame.id());
        }

        @Override
        public void read(ClientFrame.Read frame) {
            head(READ, frame);
            KvCodec.write(out, frame.operation());
            out.bool(frame.linearizable()).varint(frame.minRevision());
        }

        @Override
        public void write(ClientFrame.Write frame) {
            head(WRITE, frame);
            KvCodec.write(out, frame.requestId());
            KvCodec.write(out, frame.operation());
        }

        @Override
        public void compact(ClientFrame.Compact frame) {
            head(COMPACT, frame).varint(frame.revision());
        }

        @Override
        public void grantLease(ClientFrame.GrantLease frame) {
            head(GRANT_LEASE, frame).fixed64(frame.leaseId()).varint(frame.ttlMillis());
        }

        @Override
        public void revokeLease(ClientFrame.RevokeLease frame) {
            head(REVOKE_LEASE, frame).fixed64(frame.leaseId());
        }

        @Override
        public void keepAlive(ClientFrame.KeepAlive frame) {
            head(KEEP_ALIVE, frame).fixed64(frame.leaseId());
        }

        @Override
        public void openWatch(ClientFrame.OpenWatch frame) {
            head(OPEN_WATCH, frame);
            KvCodec.write(out, frame.range());
            ClientFrame.Wants wants = frame.wants();
            out.varint(frame.startRevision());
            out.bool(wants.previous()).bool(wants.puts()).bool(wants.deletes()).bool(wants.progress());
            out.varint(wants.fragmentBytesMax()).varint(frame.credit());
        }

        @Override
        public void credit(ClientFrame.Credit frame) {
            head(CREDIT, frame).varint(frame.bytes());
        }

        @Override
        public void closeStream(ClientFrame.CloseStream frame) {
            head(CLOSE_STREAM, frame);
        }

        @Override
        public void ping(ClientFrame.Ping frame) {
            head(PING, frame);
        }

        @Override
        public void subscribe(ClientFrame.Subscribe frame) {
            head(frame.votes() ? SUBSCRIBE_AND_VOTE : SUBSCRIBE, frame);
            ConfigCodec.write(out, frame.instance());
            out.varint(frame.files().size());
            for (String file : frame.files()) out.text(file);
            out.varint(frame.resumeAfterRevision()).varint(frame.credit());
        }

        private Encoder coordinate(Coordinate file) {
            return out.text(file.environment())
                    .text(file.application())
                    .text(file.cluster())
                    .text(file.file());
        }

        @Override
        public void publish(ClientFrame.Publish frame) {
            head(PUBLISH, frame);
            coordinate(frame.file()).bytes(frame.text()).text(frame.message()).varint(frame.base());
        }

        @Override
        public void rollBack(ClientFrame.RollBack frame) {
            head(ROLL_BACK, frame);
            coordinate(frame.file())
                    .varint(frame.release())
                    .text(frame.message())
                    .varint(frame.base());
        }

        @Override
        public void readFile(ClientFrame.ReadFile frame) {
            head(READ_FILE, frame);
            coordinate(frame.file()).varint(frame.release());
        }

        @Override
        public void report(ClientFrame.Report frame) {
            head(REPORT, frame).varint(frame.files().size());
            for (ClientFrame.FileState each : frame.files())
                out.text(each.file())
                        .varint(each.release())
                        .bool(each.applied())
                        .text(each.reason());
            out.varint(frame.readKeys().size());
            frame.readKeys().forEach(out::text);
        }

        @Override
        public void answered(ClientFrame.Answered frame) {
            RolloutCodec.write(head(ANSWER, frame), frame.answer());
        }

        @Override
        public void measured(ClientFrame.Measured frame) {
            SignalCodec.writeMeasurements(head(MEASURED, frame), frame.measurements());
            SignalCodec.writeLines(out, frame.lines());
        }
    }
}
