package dev.attune.model.config;

/** What the parts of a coordinate may be called: opaque names, never paths (reliability §4.4). */
public final class Names {
    /** Longest name, in characters; all are ASCII. */
    public static final int LENGTH_MAX = 128;

    private Names() {}

    /**
     * Returns {@code name}, or refuses it: 1 to {@value #LENGTH_MAX} of {@code [A-Za-z0-9._:-]}, and neither
     * {@code .} nor anything that holds {@code ..}.
     *
     * @param what names the offending part in the message
     */
    public static String require(String what, String name) {
        if (name.isEmpty() || name.length() > LENGTH_MAX)
            throw new IllegalArgumentException(
                    what + ": " + name.length() + " characters (expected: 1.." + LENGTH_MAX + ")");
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i)))
                throw new IllegalArgumentException(
                        what + ": character " + (i + 1) + " is not allowed (expected: letters, digits and . _ : -)");
        }
        if (name.equals(".") || name.contains(".."))
            throw new IllegalArgumentException(what + ": dots only or '..' (expected: a plain name)");
        return name;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '-';
    }
}
