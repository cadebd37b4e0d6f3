package dev.attune.config.release;

import dev.attune.model.Bytes;
import dev.attune.model.config.Digests;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;

/**
 * A fixed set of instances, 8 bytes each: the beginning of a SHA-256 of application and id, so that two of ten thousand
 * meet once in 10¹¹ rollouts. Immutable.
 */
public final class Cohort {
    /** Most instances of a cohort; their digests fit a value of the store. */
    public static final int SIZE_MAX = 20_000;

    /** The empty set. */
    public static final Cohort NOBODY = new Cohort(new long[0]);

    private static final int DIGITS = 16;

    // In order and without doubles.
    private final long[] digests;

    private Cohort(long[] digests) {
        this.digests = digests;
    }

    /** One instance, as a cohort names it. */
    public record Named(String application, String instance) {
        private long digest() {
            String hex = Digests.sha256(Bytes.utf8(application + "/" + instance));
            return HexFormat.fromHexDigitsToLong(hex, 0, DIGITS);
        }
    }

    /** The set of these; refuses more than {@value #SIZE_MAX}. */
    public static Cohort of(Collection<Named> instances) {
        if (instances.size() > SIZE_MAX)
            throw new IllegalArgumentException("cohort: " + instances.size() + " (expected: <= " + SIZE_MAX + ")");
        return new Cohort(
                instances.stream().mapToLong(Named::digest).sorted().distinct().toArray());
    }

    public boolean isEmpty() {
        return digests.length == 0;
    }

    /** How many instances. */
    public int size() {
        return digests.length;
    }

    /** Whether the instance is one of the set. */
    public boolean contains(InstanceSpec instance) {
        return digests.length > 0
                && Arrays.binarySearch(digests, new Named(instance.application(), instance.id()).digest()) >= 0;
    }

    void write(Encoder out) {
        out.varint(digests.length);
        for (long each : digests) out.fixed64(each);
    }

    static Cohort read(Decoder in) {
        int count = in.count(Long.BYTES);
        if (count > SIZE_MAX) throw new MalformedException("cohort: " + count + " (expected: <= " + SIZE_MAX + ")");
        long[] digests = new long[count];
        for (int i = 0; i < count; i++) {
            digests[i] = in.fixed64();
            if (i > 0 && digests[i] <= digests[i - 1]) throw new MalformedException("cohort: not in order");
        }
        return new Cohort(digests);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cohort that && Arrays.equals(digests, that.digests);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digests);
    }

    @Override
    public String toString() {
        return digests.length + " instances";
    }
}
