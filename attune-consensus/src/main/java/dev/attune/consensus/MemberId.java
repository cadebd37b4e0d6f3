package dev.attune.consensus;

import java.util.regex.Pattern;

/**
 * A member's stable name, independent of its addresses: it stays when the member moves to another host, and is never
 * given to another disk (G11).
 */
public record MemberId(String value) implements Comparable<MemberId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public MemberId {
        if (!FORM.matcher(value).matches())
            throw new IllegalArgumentException(
                    "member id: \"" + value + "\" (expected: 1 to 63 of a-z, 0-9 and inner dashes)");
    }

    @Override
    public int compareTo(MemberId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
