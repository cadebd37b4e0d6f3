package dev.attune.config.release;

import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which release of a file is current. It outlives the deletion of its file, so that release numbers go on and a
 * subscriber that returns later learns that the file is gone.
 *
 * @param stable number of the current release; 0 when the file is deleted
 * @param latest number of the newest release
 * @param sha256 of the current release's text; empty when the file is deleted
 * @param author who moved the pointer last
 * @param timeMillis when, in milliseconds since 1970
 * @param revision the store's revision at which it was moved, which guards the next move
 * @param gray rules that serve other releases to some instances, in order; empty for none
 * @param hold the rollout that moves the file; null when none does. Only that rollout moves the pointer meanwhile
 */
public record Pointer(
        long stable,
        long latest,
        String sha256,
        String author,
        long timeMillis,
        long revision,
        List<GrayRule> gray,
        @Nullable Hold hold) {
    /** Most gray rules of a file. */
    public static final int GRAY_MAX = 32;

    private static final int FORM = 1;
    private static final int FORM_WITH_RULES = 2;
    private static final int FORM_HELD = 3;

    /** A pointer without gray rules. */
    public Pointer(long stable, long latest, String sha256, String author, long timeMillis, long revision) {
        this(stable, latest, sha256, author, timeMillis, revision, List.of());
    }

    /** A pointer that no rollout moves. */
    public Pointer(
            long stable,
            long latest,
            String sha256,
            String author,
            long timeMillis,
            long revision,
            List<GrayRule> gray) {
        this(stable, latest, sha256, author, timeMillis, revision, gray, null);
    }

    public Pointer {
        gray = List.copyOf(gray);
        if (gray.size() > GRAY_MAX)
            throw new IllegalArgumentException("gray rules: " + gray.size() + " (expected: <= " + GRAY_MAX + ")");
        if (latest < 1) throw new IllegalArgumentException("latest: " + latest + " (expected: >= 1)");
        if (stable < 0 || stable > latest)
            throw new IllegalArgumentException("stable: " + stable + " (expected: 0.." + latest + ")");
        if (hold != null && Math.max(hold.release(), hold.former()) > latest)
            throw new IllegalArgumentException("held release: " + hold.release() + " (expected: <= " + latest + ")");
        if (sha256.length() != (stable == 0 ? 0 : 64))
            throw new IllegalArgumentException("sha256: " + sha256.length() + " digits (expected: 64, 0 if deleted)");
    }

    /** Whether the file is gone or not there yet, though its releases are kept. */
    public boolean isDeleted() {
        return stable == 0;
    }

    /** This pointer moved by {@code draft}. */
    Pointer with(long newStable, long newLatest, String newSha256, List<GrayRule> rules, Draft draft) {
        return new Pointer(newStable, newLatest, newSha256, draft.author(), draft.timeMillis(), 0, rules);
    }

    /**
     * The release that an instance gets, 0 for none: that of the first rule it belongs to, else that of the rollout
     * whose cohort it belongs to, else the stable one.
     */
    public long releaseFor(InstanceSpec instance) {
        for (GrayRule rule : gray) if (rule.audience().matches(instance, rule.salt())) return rule.release();
        return hold != null && hold.cohort().contains(instance) ? hold.release() : stable;
    }

    /** The release that an instance gets once the rollout that holds the file has switched everybody. */
    public long releaseAfterSwitch(InstanceSpec instance) {
        for (GrayRule rule : gray) if (rule.audience().matches(instance, rule.salt())) return rule.release();
        return hold == null ? stable : hold.release();
    }

    /** Whether every instance gets the stable release. */
    public boolean isSameForAll() {
        return gray.isEmpty() && (hold == null || hold.cohort().isEmpty());
    }

    /** The numbers of all releases that somebody gets, or may get from a rollout that has begun. */
    public Set<Long> served() {
        Set<Long> numbers = new LinkedHashSet<>();
        if (stable > 0) numbers.add(stable);
        for (GrayRule rule : gray) numbers.add(rule.release());
        if (hold != null && hold.release() > 0) numbers.add(hold.release());
        if (hold != null && hold.former() > 0) numbers.add(hold.former());
        return numbers;
    }

    /** Its stored form, without the revision. */
    public Bytes encode() {
        Encoder out = new Encoder(96)
                .byteValue(hold != null ? FORM_HELD : gray.isEmpty() ? FORM : FORM_WITH_RULES)
                .varint(stable)
                .varint(latest)
                .bytes(HexFormat.of().parseHex(sha256))
                .text(author)
                .varint(timeMillis);
        if (hold != null) hold.write(GrayCodec.write(out, gray));
        else if (!gray.isEmpty()) GrayCodec.write(out, gray);
        return out.toBytes();
    }

    /** Reads what {@link #encode} wrote under this key. */
    public static Pointer decode(KeyValue stored) {
        Decoder in = new Decoder(stored.value());
        int form = in.byteValue();
        if (form < FORM || form > FORM_HELD)
            throw new MalformedException("pointer form: " + form + " (expected: 1..3)");
        try {
            long stable = in.varint();
            long latest = in.varint();
            String sha256 = HexFormat.of().formatHex(in.byteArray());
            String author = in.text();
            long timeMillis = in.varint();
            List<GrayRule> gray = form == FORM ? List.of() : GrayCodec.read(in);
            Hold hold = form == FORM_HELD ? Hold.read(in) : null;
            return new Pointer(stable, latest, sha256, author, timeMillis, stored.modRevision(), gray, hold);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }
}
