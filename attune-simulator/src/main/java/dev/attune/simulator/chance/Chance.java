package dev.attune.simulator.chance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A stream of draws from a seed (SplitMix64 by Steele, Lea and Flood), written out here so that a seed means the same
 * run on every JVM. Integers only: floating point is kept out of what decides a run.
 */
public final class Chance implements RandomGenerator {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    public Chance(long seed) {
        state = seed;
    }

    /** A stream of its own, so that draws made for one purpose do not move those for another. */
    public Chance split() {
        return new Chance(mix(next()));
    }

    /** 64 even bits. */
    public long next() {
        state += GOLDEN;
        return mix(state);
    }

    @Override
    public long nextLong() {
        return next();
    }

    /** 0 … {@code bound - 1}; {@code bound} is at least 1. */
    public int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** {@code low … high}, both included. */
    public long between(long low, long high) {
        return low + Long.remainderUnsigned(next(), high - low + 1);
    }

    /** True {@code permille} times of a thousand. */
    public boolean permille(int permille) {
        return permille > 0 && below(1000) < permille;
    }

    /** One of the elements. */
    public <T> T one(List<T> all) {
        return all.get(below(all.size()));
    }

    /**
     * A delay with a heavy tail: about {@code typical}, doubled with each lucky coin of one in four, at most
     * {@code most}.
     */
    public long heavyTail(long typical, long most) {
        long scale = typical;
        while (scale < most && below(4) == 0) scale *= 3;
        return Math.min(most, between(scale / 2 + 1, scale + scale / 2 + 1));
    }

    /** Mixes bits so that near inputs have far outputs. */
    public static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
