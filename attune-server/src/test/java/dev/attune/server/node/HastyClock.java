package dev.attune.server.node;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that goes some times as fast as it should, from now on: minutes of signals within seconds. */
final class HastyClock extends Clock {
    private final long begunMillis = System.currentTimeMillis();
    private final long begunNanos = System.nanoTime();
    private final int speed;

    HastyClock(int speed) {
        this.speed = speed;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return begunMillis + speed * ((System.nanoTime() - begunNanos) / 1_000_000);
    }
}
