package dev.attune.model.wire;

import dev.attune.model.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link Encoder} wrote. Every length is checked against what is left before anything is allocated, and
 * malformed input always ends in a {@link MalformedException}. One thread.
 */
public final class Decoder {
    private final byte[] buffer;
    private final int end;
    private int position;

    public Decoder(byte[] buffer) {
        this(buffer, 0, buffer.length);
    }

    public Decoder(byte[] buffer, int offset, int length) {
        if (offset < 0 || length < 0 || length > buffer.length - offset)
            throw new IllegalArgumentException("slice: " + offset + "+" + length + " of " + buffer.length);
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    public Decoder(Bytes bytes) {
        this(bytes.unsafeArray());
    }

    public int byteValue() {
        require(1);
        return buffer[position++] & 0xff;
    }

    public boolean bool() {
        int value = byteValue();
        if (value > 1) throw new MalformedException("boolean: " + value + " (expected: 0 or 1)");
        return value == 1;
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = byteValue();
            if (shift == 63 && b > 1) throw new MalformedException("varint: more than 64 bits");
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
        throw new MalformedException("varint: more than 10 bytes");
    }

    /** A varint that must lie in {@code 0..max}. */
    public int varint(int max) {
        return within(varint(), max);
    }

    /** How many elements follow, each at least {@code bytesEach} long; refused when they cannot fit in what is left. */
    public int count(int bytesEach) {
        long count = varint();
        return within(count, remaining() / Math.max(1, bytesEach));
    }

    /** The constant whose ordinal was written. */
    public <E extends Enum<E>> E enumValue(E[] constants) {
        return constants[varint(constants.length - 1)];
    }

    public long fixed64() {
        require(8);
        long value = 0;
        for (int i = 0; i < 8; i++) value = (value << 8) | (buffer[position++] & 0xff);
        return value;
    }

    public int fixed32() {
        require(4);
        int value = 0;
        for (int i = 0; i < 4; i++) value = (value << 8) | (buffer[position++] & 0xff);
        return value;
    }

    public Bytes bytes() {
        return Bytes.wrap(byteArray());
    }

    public byte[] byteArray() {
        long claimed = varint();
        int length = within(claimed, remaining());
        byte[] value = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return value;
    }

    /** A reader of the next length-prefixed bytes, which are skipped here; nothing is copied. */
    public Decoder slice() {
        int length = varint(Integer.MAX_VALUE);
        require(length);
        Decoder part = new Decoder(buffer, position, length);
        position += length;
        return part;
    }

    /** UTF-8; malformed UTF-8 is refused. */
    public String text() {
        byte[] value = byteArray();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("text: not UTF-8", e);
        }
    }

    /** Everything that is left. */
    public byte[] rest() {
        byte[] value = Arrays.copyOfRange(buffer, position, end);
        position = end;
        return value;
    }

    public int remaining() {
        return end - position;
    }

    /** Refuses bytes after the last expected one. */
    public void expectEnd() {
        if (position != end) throw new MalformedException("trailing bytes: " + remaining() + " (expected: 0)");
    }

    private static int within(long value, int max) {
        if (value < 0 || value > max)
            throw new MalformedException("number: " + Long.toUnsignedString(value) + " (expected: 0.." + max + ")");
        return (int) value;
    }

    private void require(int length) {
        if (remaining() < length)
            throw new MalformedException("bytes left: " + remaining() + " (expected: >= " + length + ")");
    }
}
