package dev.attune.model.wire;

import dev.attune.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes values into a growing array: unsigned varints, fixed 64-bit numbers, length-prefixed bytes. One thread. */
public final class Encoder {
    private byte[] buffer;
    private int size;

    public Encoder() {
        this(128);
    }

    public Encoder(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    public Encoder byteValue(int value) {
        ensure(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public Encoder bool(boolean value) {
        return byteValue(value ? 1 : 0);
    }

    /** LEB128 of the 64 bits of {@code value}: 1 byte for 0..127, up to 10 for negative ones. */
    public Encoder varint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
        return this;
    }

    /** Big-endian, 8 bytes. */
    public Encoder fixed64(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) buffer[size++] = (byte) (value >>> shift);
        return this;
    }

    /** Big-endian, 4 bytes. */
    public Encoder fixed32(int value) {
        ensure(4);
        for (int shift = 24; shift >= 0; shift -= 8) buffer[size++] = (byte) (value >>> shift);
        return this;
    }

    public Encoder bytes(Bytes value) {
        return bytes(value.unsafeArray());
    }

    public Encoder bytes(byte[] value) {
        varint(value.length);
        return raw(value, 0, value.length);
    }

    public Encoder text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Without a length prefix. */
    public Encoder raw(byte[] value, int offset, int length) {
        ensure(length);
        System.arraycopy(value, offset, buffer, size, length);
        size += length;
        return this;
    }

    public int size() {
        return size;
    }

    public byte[] toArray() {
        return Arrays.copyOf(buffer, size);
    }

    public Bytes toBytes() {
        return Bytes.wrap(toArray());
    }

    private void ensure(int more) {
        int needed = Math.addExact(size, more);
        if (needed > buffer.length) buffer = Arrays.copyOf(buffer, Math.max(needed, buffer.length * 2));
    }
}
