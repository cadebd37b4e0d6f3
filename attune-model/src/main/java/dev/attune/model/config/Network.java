package dev.attune.model.config;

import java.util.Arrays;

/**
 * An address or a range of addresses, IPv4 or IPv6, in numbers only: nothing is looked up.
 *
 * @param address 4 or 16 bytes
 * @param prefix how many leading bits must agree
 */
record Network(byte[] address, int prefix) {
    /** Reads {@code 10.1.2.3}, {@code 10.0.0.0/8}, {@code fd00::/8}. */
    static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash));
        int bits = address.length * 8;
        int prefix = slash < 0 ? bits : number(text.substring(slash + 1), 10, bits, text);
        if (bits == 0) throw bad(text);
        return new Network(address, prefix);
    }

    /** Whether the address lies in this; false for text that is no address. */
    boolean contains(String ip) {
        byte[] other;
        try {
            other = address(ip);
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (other.length != address.length) return false;
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) return false;
        }
        return true;
    }

    private static byte[] address(String text) {
        return text.indexOf(':') >= 0 ? six(text) : four(text);
    }

    private static byte[] four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) throw bad(text);
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) address[i] = (byte) number(parts[i], 10, 255, text);
        return address;
    }

    private static byte[] six(String text) {
        int gap = text.indexOf("::");
        String[] head = groups(gap < 0 ? text : text.substring(0, gap));
        String[] tail = gap < 0 ? new String[0] : groups(text.substring(gap + 2));
        int given = head.length + tail.length;
        if (gap < 0 ? given != 8 : given > 7) throw bad(text);
        byte[] address = new byte[16];
        for (int i = 0; i < head.length; i++) put(address, i, head[i], text);
        for (int i = 0; i < tail.length; i++) put(address, 8 - tail.length + i, tail[i], text);
        return address;
    }

    private static String[] groups(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }

    private static void put(byte[] address, int group, String hex, String text) {
        int value = number(hex, 16, 0xffff, text);
        address[group * 2] = (byte) (value >> 8);
        address[group * 2 + 1] = (byte) value;
    }

    private static int number(String digits, int radix, int max, String text) {
        if (digits.isEmpty() || digits.length() > 4) throw bad(text);
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), radix);
            if (digit < 0 || digits.charAt(i) > 'f') throw bad(text);
            value = value * radix + digit;
        }
        if (value > max) throw bad(text);
        return value;
    }

    private static IllegalArgumentException bad(String text) {
        String shown = text.length() > 64 ? text.substring(0, 64) + "…" : text;
        return new IllegalArgumentException("address: " + shown + " (expected: an ip, or a network like 10.0.0.0/8)");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that && prefix == that.prefix && Arrays.equals(address, that.address);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(address) * 31 + prefix;
    }
}
