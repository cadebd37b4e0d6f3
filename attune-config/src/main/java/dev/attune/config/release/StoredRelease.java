package dev.attune.config.release;

import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.Release;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A release as the store keeps it.
 *
 * @param bindings what each reference in the text stood for when it was released; empty without references
 */
public record StoredRelease(Release release, Map<String, String> bindings) {
    public StoredRelease {
        bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings));
    }

    /** Its stored form, without the revision. */
    public Bytes encode() {
        Encoder out = ConfigCodec.write(new Encoder(release.text().size() + 256), release);
        if (!bindings.isEmpty()) {
            out.varint(bindings.size());
            bindings.forEach((name, value) -> out.text(name).text(value));
        }
        return out.toBytes();
    }

    /** Reads what {@link #encode} wrote under this key. */
    public static StoredRelease decode(KeyValue stored) {
        Decoder in = new Decoder(stored.value());
        Release release = ConfigCodec.readRelease(in, stored.createRevision());
        Map<String, String> bindings = new LinkedHashMap<>();
        if (in.remaining() > 0) for (int left = in.count(2); left > 0; left--) bindings.put(in.text(), in.text());
        return new StoredRelease(release, bindings);
    }
}
