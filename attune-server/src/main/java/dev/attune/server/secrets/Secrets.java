package dev.attune.server.secrets;

import dev.attune.config.edit.KeyEdits;
import dev.attune.config.format.Documents;
import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals values that are written as {@code {secret}value} before they are stored, and opens them for readers.
 *
 * <p>Idea: envelope encryption. Each value has a data key of its own (AES-256-GCM); the data key is wrapped by a
 * key-encryption key (AES-256-GCM) and lies beside the value in a token {@code {sealed:1.key.application~…}}. Both are
 * bound to environment and application, so a token that is copied elsewhere opens only for those who may read secrets
 * where it came from. Texts, diffs and exports show tokens; keys show values or a mask. Safe for all threads.
 */
public final class Secrets {
    /** What a value begins with that is to be sealed. */
    public static final String MARK = "{secret}";

    /** What is shown instead of a value that may not be seen. */
    public static final String MASK = "••••••";

    private static final String START = "{sealed:";
    private static final Pattern TOKEN =
            Pattern.compile("\\{sealed:1\\.([A-Za-z0-9-]+)\\.([A-Za-z0-9._:-]+)~([A-Za-z0-9_-]+)}");
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int WRAPPED_BYTES = 32 + TAG_BITS / 8;

    private final SecretKeys keys;
    private final SecureRandom random = new SecureRandom();

    public Secrets(SecretKeys keys) {
        this.keys = keys;
    }

    /** Without keys: marks are refused, tokens stay masked. */
    public static Secrets none() {
        return new Secrets(SecretKeys.none());
    }

    /**
     * The text with every marked value sealed, all other bytes as they are.
     *
     * @throws dev.attune.model.AttuneException {@code FAILED_PRECONDITION} when there is one and this node has no key
     */
    public Bytes seal(Coordinate file, Bytes text) {
        Bytes sealed = text;
        for (String key : marked(file, text, MARK)) {
            String value = value(file, sealed, key).substring(MARK.length());
            sealed = KeyEdits.set(file.file(), sealed, key, token(file, value.getBytes(StandardCharsets.UTF_8)));
        }
        return sealed;
    }

    /** The text with values in the clear, for checks on this node; never stored, sent or logged. */
    public Bytes opened(Coordinate file, Bytes text) {
        Bytes open = text;
        for (String key : marked(file, text, MARK)) {
            String value = value(file, open, key).substring(MARK.length());
            open = KeyEdits.set(file.file(), open, key, value);
        }
        for (String key : marked(file, open, START)) {
            String value = reveal(file, value(file, open, key), null);
            open = KeyEdits.set(file.file(), open, key, value);
        }
        return open;
    }

    /** The text with tokens of older keys sealed by the current one; the same text when there are none. */
    public Bytes resealed(Coordinate file, Bytes text) {
        String current = keys.current();
        Bytes resealed = text;
        for (String key : marked(file, text, START)) {
            Matcher matcher = TOKEN.matcher(value(file, resealed, key));
            if (!matcher.matches() || matcher.group(1).equals(current)) continue;
            if (keys.get(matcher.group(1)) == null) throw keys.missing(matcher.group(1));
            byte[] value = open(file.environment(), matcher);
            if (value == null) continue;
            Coordinate of = new Coordinate(file.environment(), matcher.group(2), file.cluster(), file.file());
            resealed = KeyEdits.set(file.file(), resealed, key, token(of, value));
        }
        return resealed;
    }

    private static List<String> marked(Coordinate file, Bytes text, String mark) {
        Map<String, String> all = text.toUtf8().contains(mark) ? Documents.keys(file.file(), text) : null;
        List<String> marked = new ArrayList<>();
        if (all != null)
            all.forEach((key, value) -> {
                if (value.startsWith(mark)) marked.add(key);
            });
        return marked;
    }

    private static String value(Coordinate file, Bytes text, String key) {
        Map<String, String> all = Documents.keys(file.file(), text);
        return all == null ? "" : all.getOrDefault(key, "");
    }

    /** The update of an application as a holder of these rights may see it. */
    public ConfigUpdate revealed(String environment, String application, ConfigUpdate update, Rights rights) {
        boolean none = update.files().stream().noneMatch(each -> isSealed(each.keys()));
        if (none) return update;
        List<FileContent> files = new ArrayList<>();
        for (FileContent each : update.files())
            files.add(new FileContent(
                    each.file(),
                    each.cluster(),
                    each.release(),
                    each.revision(),
                    each.sha256(),
                    each.text(),
                    each.keys() == null
                            ? null
                            : revealed(
                                    new Coordinate(environment, application, each.cluster(), each.file()),
                                    each.keys(),
                                    rights)));
        return new ConfigUpdate(update.revision(), update.complete(), files, update.removed());
    }

    private static boolean isSealed(@Nullable Map<String, String> values) {
        return values != null && values.values().stream().anyMatch(value -> value.contains(START));
    }

    /** The keys as a holder of these rights may see them. */
    public Map<String, String> revealed(Coordinate file, Map<String, String> values, Rights rights) {
        if (!isSealed(values)) return values;
        Map<String, String> revealed = new LinkedHashMap<>();
        values.forEach((key, value) -> revealed.put(key, reveal(file, value, rights)));
        return revealed;
    }

    /**
     * One value as a holder of these rights may see it; null for rights means this node itself.
     *
     * @throws dev.attune.model.AttuneException {@code FAILED_PRECONDITION} when the holder may see it and this node lacks
     *     the key that it is sealed with
     */
    public String reveal(Coordinate file, String value, @Nullable Rights rights) {
        if (!value.contains(START)) return value;
        Matcher matcher = TOKEN.matcher(value);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            boolean may = may(file, matcher.group(2), rights);
            // A mask in place of a password would be used as one.
            if (may && keys.get(matcher.group(1)) == null) throw keys.missing(matcher.group(1));
            byte[] open = may ? open(file.environment(), matcher) : null;
            String shown = open == null ? MASK : new String(open, StandardCharsets.UTF_8);
            matcher.appendReplacement(out, Matcher.quoteReplacement(shown));
        }
        return matcher.appendTail(out).toString();
    }

    /** A token of another application came by way of an import or reference, whose file it does not name. */
    private static boolean may(Coordinate file, String application, @Nullable Rights rights) {
        String name = application.equals(file.application()) ? file.file() : "";
        return rights == null || rights.allows(Verb.READ_SECRET, file.environment(), application, name);
    }

    private String token(Coordinate file, byte[] value) {
        String id = keys.current();
        SecretKey wrapping = java.util.Objects.requireNonNull(keys.get(id));
        byte[] data = new byte[32];
        random.nextBytes(data);
        byte[] bound = bound(file.environment(), file.application());
        byte[] wrapped = sealed(wrapping, data, bound);
        byte[] sealed = sealed(new SecretKeySpec(data, "AES"), value, bound);
        byte[] both = ByteBuffer.allocate(wrapped.length + sealed.length)
                .put(wrapped)
                .put(sealed)
                .array();
        return START + "1." + id + "." + file.application() + "~"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(both) + "}";
    }

    /** The value of a token, or null when this node lacks its key or the token was altered. */
    private byte @Nullable [] open(String environment, Matcher token) {
        SecretKey wrapping = keys.get(token.group(1));
        if (wrapping == null) return null;
        byte[] bound = bound(environment, token.group(2));
        try {
            ByteBuffer both = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token.group(3)));
            if (both.remaining() < 2 * IV_BYTES + WRAPPED_BYTES + TAG_BITS / 8) return null;
            byte[] data = opened(wrapping, both, WRAPPED_BYTES, bound);
            return opened(new SecretKeySpec(data, "AES"), both, both.remaining() - IV_BYTES, bound);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] bound(String environment, String application) {
        return (environment + "/" + application).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] sealed(SecretKey key, byte[] plain, byte[] bound) {
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
            cipher.updateAAD(bound);
            byte[] text = cipher.doFinal(plain);
            return ByteBuffer.allocate(IV_BYTES + text.length).put(iv).put(text).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every Java", e);
        }
    }

    private static byte[] opened(SecretKey key, ByteBuffer in, int length, byte[] bound)
            throws GeneralSecurityException {
        byte[] iv = new byte[IV_BYTES];
        in.get(iv);
        byte[] text = new byte[length];
        in.get(text);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(bound);
        return cipher.doFinal(text);
    }
}
