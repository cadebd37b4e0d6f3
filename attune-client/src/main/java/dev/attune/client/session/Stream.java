package dev.attune.client.session;

import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import org.jspecify.annotations.Nullable;

/**
 * A watch or subscription: opened on the current link, and again on each later one, until it is closed. Frames arrive
 * on the link's thread, which must not be blocked.
 */
public abstract class Stream {
    /** Id on {@link #openOn}; another one on each link. */
    volatile long id;

    volatile @Nullable Link openOn;
    volatile long reopenAtNanos;
    volatile boolean waitsForReopen;
    int attempts;

    /** How to open it now, continuing after what was received. */
    protected abstract ClientFrame open(long streamId);

    /** A frame for this stream arrived. */
    protected abstract void received(ServerFrame frame);

    /** The member ended the stream for good; nothing more arrives. */
    protected abstract void ended(ServerFrame.Cancelled frame);
}
