package dev.attune.model.config;

import dev.attune.model.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests of a file's bytes in lower-case hexadecimal. */
public final class Digests {
    private Digests() {}

    /** 64 characters. */
    public static String sha256(Bytes text) {
        return hex("SHA-256", text);
    }

    /** 32 characters; for clients whose protocol compares MD5, never for trust. */
    public static String md5(Bytes text) {
        return hex("MD5", text);
    }

    private static String hex(String algorithm, Bytes text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(text.unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform has both.
            throw new IllegalStateException(algorithm, e);
        }
    }
}
