package dev.attune.config.release;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.HexFormat;

/**
 * Which release of a file is current. It outlives the deletion of its file, so that release numbers go on and a
 * subscriber that returns later learns that the file is gone.
 *
 * @param stable number of the current release; 0 when the file is deleted
 * @param latest number of the newest release
 * @param sha256 of the current release's text; empty when the file is deleted
 * @param author who moved the pointer last
 * @param timeMillis when, in milliseconds since 1970
 * @param revision the store's revision at which it was moved, which guards the next move
 */
public record Pointer(long stable, long latest, String sha256, String author, long timeMillis, long revision) {
    private static final int FORM = 1;

    public Pointer {
        if (latest < 1) throw new IllegalArgumentException("latest: " + latest + " (expected: >= 1)");
        if (stable < 0 || stable > latest)
            throw new IllegalArgumentException("stable: " + stable + " (expected: 0.." + latest + ")");
        if (sha256.length() != (stable == 0 ? 0 : 64))
            throw new IllegalArgumentException("sha256: " + sha256.length() + " digits (expected: 64, 0 if deleted)");
    }

    /** Whether the file is gone, though its releases are kept. */
    public boolean isDeleted() {
        return stable == 0;
    }

    /** Its stored form, without the revision. */
    public Bytes encode() {
        Encoder out = new Encoder(96).byteValue(FORM).varint(stable).varint(latest);
        return out.bytes(HexFormat.of().parseHex(sha256))
                .text(author)
                .varint(timeMillis)
                .toBytes();
    }

    /** Reads what {@link #encode} wrote under this key. */
    public static Pointer decode(KeyValue stored) {
        Decoder in = new Decoder(stored.value());
        int form = in.byteValue();
        if (form != FORM) throw new MalformedException("pointer form: " + form + " (expected: " + FORM + ")");
        try {
            long stable = in.varint();
            long latest = in.varint();
            String sha256 = HexFormat.of().formatHex(in.byteArray());
            return new Pointer(stable, latest, sha256, in.text(), in.varint(), stored.modRevision());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }
}
