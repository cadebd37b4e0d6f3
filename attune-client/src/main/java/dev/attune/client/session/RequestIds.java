package dev.attune.client.session;

import dev.attune.model.RequestId;
import java.util.Arrays;

/**
 * Hands out request ids of one client and knows below which all have been answered (G4). Safe to share between
 * threads.
 */
public final class RequestIds {
    private final long clientId;
    private long next = 1;
    private long low = 1;
    /** Bit (s mod size) is set when sequence s at or above {@code low} was answered. Invariant: next - low <= size. */
    private long[] answered = new long[64];

    /** @param clientId random, not 0 */
    public RequestIds(long clientId) {
        this.clientId = clientId;
    }

    public synchronized RequestId begin() {
        if (next - low >= (long) answered.length * Long.SIZE) grow();
        return new RequestId(clientId, next++, low);
    }

    /** The caller of {@code id} has its answer and will never repeat it. */
    public synchronized void end(RequestId id) {
        long sequence = id.sequence();
        if (sequence < low || sequence >= next) return;
        answered[word(sequence)] |= 1L << sequence;
        while (low < next && (answered[word(low)] & (1L << low)) != 0) {
            answered[word(low)] &= ~(1L << low);
            low++;
        }
    }

    private int word(long sequence) {
        return (int) (sequence >>> 6) & (answered.length - 1);
    }

    private void grow() {
        long[] old = answered;
        answered = new long[old.length * 2];
        // Bits move to the word their sequence has in the larger ring; words of the old ring may hold two stretches.
        for (long sequence = low; sequence < next; sequence++) {
            long bit = old[(int) (sequence >>> 6) & (old.length - 1)] & (1L << sequence);
            answered[word(sequence)] |= bit;
        }
        Arrays.fill(old, 0);
    }
}
