package dev.attune.server.auth;

import dev.attune.model.Bytes;
import dev.attune.model.kv.SystemKeys;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the store keeps of a token, under {@code \0token/<hash>}: never the token.
 *
 * @param hash SHA-256 of the token in hexadecimal; its first 16 digits are the token's id
 * @param name what people call it
 * @param createdMillis wall-clock time of its creation
 * @param expiresMillis wall-clock time from which it is refused; 0 for never
 * @param scope what a scoped token may do; nothing for other roles
 */
public record TokenRecord(String hash, String name, Role role, long createdMillis, long expiresMillis, Scope scope) {
    private static final String FOLDER = "token/";
    private static final int VERSION = 3;
    private static final int VERSION_WITHOUT_SCOPE = 2;
    private static final int VERSION_WITHOUT_EXPIRY = 1;
    private static final int ID_LENGTH = 16;

    /** The part of the key space that tokens lie in. */
    public static Bytes folder() {
        return SystemKeys.of(FOLDER);
    }

    static Bytes keyOfHash(String hash) {
        return SystemKeys.of(FOLDER + hash);
    }

    /** The key of this record. */
    public Bytes key() {
        return keyOfHash(hash);
    }

    /** Names the token without giving it away. */
    public String id() {
        return idOf(hash);
    }

    /** The id of the token that lies at {@code key}. */
    static String idOfKey(Bytes key) {
        return idOf(key.toUtf8().substring(1 + FOLDER.length()));
    }

    private static String idOf(String hash) {
        return hash.substring(0, ID_LENGTH);
    }

    /** The value of this record. */
    public Bytes value() {
        return new Encoder()
                .byteValue(VERSION)
                .text(name)
                .text(role.word())
                .varint(createdMillis)
                .varint(expiresMillis)
                .bytes(scope.encode())
                .toBytes();
    }

    /** The record that lies at {@code key}. */
    public static TokenRecord of(Bytes key, Bytes value) {
        Decoder in = new Decoder(value);
        int version = in.byteValue();
        if (version < VERSION_WITHOUT_EXPIRY || version > VERSION)
            throw new MalformedException("token version: " + version + " (expected: <= " + VERSION + ")");
        return new TokenRecord(
                key.toUtf8().substring(1 + FOLDER.length()),
                in.text(),
                Role.parse(in.text()),
                in.varint(),
                version == VERSION_WITHOUT_EXPIRY ? 0 : in.varint(),
                version <= VERSION_WITHOUT_SCOPE ? Scope.NONE : Scope.decode(in.bytes()));
    }

    /** Whether the token is no longer accepted. */
    public boolean isExpired(long nowMillis) {
        return expiresMillis > 0 && nowMillis >= expiresMillis;
    }

    static String hashOf(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
