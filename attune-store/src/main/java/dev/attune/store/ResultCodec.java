package dev.attune.store;

import dev.attune.model.ErrorCode;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.KvCodec;
import dev.attune.model.wire.MalformedException;

/** Bytes ↔ {@link CommandResult}. Wire-stable: numbers are only ever added. */
public final class ResultCodec {
    private ResultCodec() {}

    public static byte[] encode(CommandResult result) {
        Encoder out = new Encoder(32);
        ErrorCode error = result.error();
        out.varint(result.revision()).varint(error == null ? 0 : error.number());
        if (error != null) return out.text(result.message()).toArray();
        OperationResult of = result.result();
        out.bool(of != null);
        if (of != null) KvCodec.write(out, of);
        return out.toArray();
    }

    /** Throws {@link MalformedException} for bytes that {@link #encode} cannot have written. */
    public static CommandResult decode(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        long revision = in.varint();
        int error = in.varint(Integer.MAX_VALUE);
        CommandResult result;
        if (error != 0) result = CommandResult.refused(revision, ErrorCode.of(error), in.text());
        else result = CommandResult.ok(revision, in.bool() ? KvCodec.readResult(in) : null);
        in.expectEnd();
        return result;
    }
}
