package dev.attune.simulator.history;

/**
 * One call of one client.
 *
 * @param process the client; it has one call open at a time
 * @param index of the call within its client, ascending
 * @param invokedAt nanoseconds on the run's clock, before the request was sent
 */
public record Call(int process, long index, Action action, long invokedAt, Completion completion) {
    public Call {
        if (completion.at() < invokedAt)
            throw new IllegalArgumentException("completion: " + completion.at() + " (expected: >= " + invokedAt + ")");
    }

    @Override
    public String toString() {
        String end = completion.at() == Long.MAX_VALUE ? "…" : Long.toString(completion.at() / 1_000);
        return String.format("p%d/%d [%d..%s µs] %s ⇒ %s", process, index, invokedAt / 1_000, end, action, completion);
    }
}
