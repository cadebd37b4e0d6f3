package dev.attune.model;

/**
 * Names one mutation, so that repeating it has one effect (G4).
 *
 * @param clientId random 64-bit id of the client process; never 0
 * @param sequence 1, 2, 3 … per client
 * @param completedBelow every sequence below it has been answered to the client, so the store may forget those
 */
public record RequestId(long clientId, long sequence, long completedBelow) {
    public RequestId {
        if (clientId == 0) throw new IllegalArgumentException("clientId: 0 (expected: not 0)");
        if (sequence < 1) throw new IllegalArgumentException("sequence: " + sequence + " (expected: >= 1)");
        if (completedBelow < 0 || completedBelow > sequence)
            throw new IllegalArgumentException(
                    "completedBelow: " + completedBelow + " (expected: 0.." + sequence + ")");
    }
}
