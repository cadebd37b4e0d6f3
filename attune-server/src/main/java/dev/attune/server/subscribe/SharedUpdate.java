package dev.attune.server.subscribe;

import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.wire.Encoder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One update for every subscriber that sees the same thing, so each of its wire forms is made once. Safe to share
 * between threads.
 */
public final class SharedUpdate implements SubscriptionMessage {
    private final ConfigUpdate update;
    private volatile @Nullable Bytes encoded;
    private volatile @Nullable String text;

    public SharedUpdate(ConfigUpdate update) {
        this.update = update;
    }

    public ConfigUpdate update() {
        return update;
    }

    /** As {@link ConfigCodec} writes it; made at most once in most cases. */
    public Bytes encoded() {
        Bytes bytes = encoded;
        if (bytes == null) {
            bytes = ConfigCodec.write(new Encoder(256), update).toBytes();
            encoded = bytes;
        }
        return bytes;
    }

    /** The one text form, for server-sent events: made by the first caller's {@code render}, kept for all. */
    String text(Function<ConfigUpdate, String> render) {
        String made = text;
        if (made == null) {
            made = render.apply(update);
            text = made;
        }
        return made;
    }
}
