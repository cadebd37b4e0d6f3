package dev.attune.simulator.world;

import dev.attune.simulator.time.EventHeap;

/** A server's own clock: begins anywhere, may run fast or slow, jump ahead or stand still; never goes back. */
final class Clock {
    private final EventHeap time;
    private long readAt;
    private long shown;
    private int ratePermille = 1000;

    Clock(EventHeap time, long offset) {
        this.time = time;
        this.shown = offset;
    }

    long millis() {
        advance();
        return shown / 1_000;
    }

    long nanos() {
        advance();
        return shown * 1_000;
    }

    private void advance() {
        shown += (time.now() - readAt) * ratePermille / 1_000;
        readAt = time.now();
    }

    /** Runs so many thousandths of true time from now on; 0 stands still. */
    void rate(int permille) {
        advance();
        ratePermille = permille;
    }

    void jump(long micros) {
        shown += micros;
    }
}
