package dev.attune.store;

import dev.attune.model.RequestId;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.KvCodec;
import dev.attune.model.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** Bytes ↔ {@link Command}, as the log carries it. Wire-stable: numbers are only ever added. */
public final class CommandCodec {
    /** Larger commands are refused before anything of them is decoded, in bytes. */
    public static final int COMMAND_BYTES_MAX = 16 << 20;

    private static final int MUTATE = 1;
    private static final int COMPACT = 2;
    private static final int GRANT_LEASE = 3;
    private static final int REVOKE_LEASE = 4;
    private static final int KEEP_LEASES = 5;
    private static final int EXPIRE_LEASE = 6;

    private CommandCodec() {}

    public static byte[] encode(Command command) {
        return command.match(new Command.Cases<Encoder>() {
                    @Override
                    public Encoder mutate(Command.Mutate mutate) {
                        Encoder out = new Encoder(256).byteValue(MUTATE);
                        RequestId id = mutate.requestId();
                        out.bool(id != null);
                        if (id != null) KvCodec.write(out, id);
                        return KvCodec.write(out, mutate.operation());
                    }

                    @Override
                    public Encoder compact(Command.Compact compact) {
                        return new Encoder(16).byteValue(COMPACT).varint(compact.revision());
                    }

                    @Override
                    public Encoder grantLease(Command.GrantLease grant) {
                        return new Encoder(24)
                                .byteValue(GRANT_LEASE)
                                .fixed64(grant.id())
                                .varint(grant.ttlMillis());
                    }

                    @Override
                    public Encoder revokeLease(Command.RevokeLease revoke) {
                        return new Encoder(16).byteValue(REVOKE_LEASE).fixed64(revoke.id());
                    }

                    @Override
                    public Encoder keepLeases(Command.KeepLeases keep) {
                        return new Encoder(16).byteValue(KEEP_LEASES).varint(keep.term());
                    }

                    @Override
                    public Encoder expireLease(Command.ExpireLease expire) {
                        return new Encoder(24)
                                .byteValue(EXPIRE_LEASE)
                                .fixed64(expire.id())
                                .varint(expire.term());
                    }
                })
                .toArray();
    }

    /** Throws {@link MalformedException} for bytes that {@link #encode} cannot have written. */
    public static Command decode(byte[] bytes) {
        if (bytes.length > COMMAND_BYTES_MAX)
            throw new MalformedException("command size: " + bytes.length + " (expected: <= " + COMMAND_BYTES_MAX + ")");
        Decoder in = new Decoder(bytes);
        Command command = read(in);
        in.expectEnd();
        return command;
    }

    private static Command read(Decoder in) {
        int kind = in.byteValue();
        switch (kind) {
            case MUTATE:
                @Nullable RequestId id = in.bool() ? KvCodec.readRequestId(in) : null;
                return new Command.Mutate(id, KvCodec.readOperation(in));
            case COMPACT:
                return new Command.Compact(in.varint());
            case GRANT_LEASE:
                return new Command.GrantLease(in.fixed64(), in.varint());
            case REVOKE_LEASE:
                return new Command.RevokeLease(in.fixed64());
            case KEEP_LEASES:
                return new Command.KeepLeases(in.varint());
            case EXPIRE_LEASE:
                return new Command.ExpireLease(in.fixed64(), in.varint());
            default:
                throw new MalformedException("command kind: " + kind + " (expected: 1..6)");
        }
    }
}
