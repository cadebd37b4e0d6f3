package dev.attune.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The running sum behind {@link StateHash}: each part of the state is digested to two 64-bit lanes, which are added when
 * the part appears and subtracted when it goes, so the order of parts does not matter. One thread.
 */
final class HashSum {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ODD_A = 0x9e3779b97f4a7c15L;
    private static final long ODD_B = 0xd1b54a32d192ed03L;
    private static final long ODD_C = 0x8cb92ba72f3d8dd7L;

    private long high;
    private long low;

    /** Adds the part named by (space, number) with the first {@code length} bytes of {@code content}. */
    void add(long space, long number, byte[] content, int length) {
        digest(space, number, content, length, 1);
    }

    /** Takes away what {@link #add} added for the same arguments. */
    void subtract(long space, long number, byte[] content, int length) {
        digest(space, number, content, length, -1);
    }

    /** The sum together with the two scalars that belong to every state. */
    StateHash with(long revision, long compacted) {
        long a = mix(revision * ODD_A + compacted);
        return new StateHash(high + a, low + mix(a + ODD_C));
    }

    void clear() {
        high = 0;
        low = 0;
    }

    private void digest(long space, long number, byte[] content, int length, int sign) {
        long a = mix(space * ODD_A + number);
        long b = mix(number * ODD_B + space + ODD_C);
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            long word = (long) WORDS.get(content, i);
            a = Long.rotateLeft(a ^ word, 29) * ODD_A;
            b = Long.rotateLeft(b + word * ODD_C, 37) * ODD_B;
        }
        long tail = length;
        for (; i < length; i++) tail = (tail << 8) | (content[i] & 0xff);
        a = mix(a ^ (tail * ODD_B) ^ length);
        b = mix(b + tail + a);
        high += sign * a;
        low += sign * b;
    }

    private static long mix(long value) {
        long v = value;
        v = (v ^ (v >>> 32)) * ODD_C;
        v = (v ^ (v >>> 29)) * ODD_B;
        return v ^ (v >>> 32);
    }
}
