package dev.attune.model.config;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bytes ↔ configuration values. Wire-stable. Every count and length is checked against what is left before anything
 * is allocated; malformed input ends in a {@link MalformedException}.
 */
public final class ConfigCodec {
    private ConfigCodec() {}

    public static Encoder write(Encoder out, ConfigUpdate update) {
        out.varint(update.revision()).bool(update.complete());
        out.varint(update.files().size());
        for (FileContent file : update.files()) write(out, file);
        out.varint(update.removed().size());
        for (String name : update.removed()) out.text(name);
        return out;
    }

    public static ConfigUpdate readUpdate(Decoder in) {
        return checked(() -> {
            long revision = in.varint();
            boolean complete = in.bool();
            int fileCount = in.count(38);
            List<FileContent> files = new ArrayList<>(fileCount);
            for (int i = 0; i < fileCount; i++) files.add(readFile(in));
            int removedCount = in.count(2);
            List<String> removed = new ArrayList<>(removedCount);
            for (int i = 0; i < removedCount; i++) removed.add(Names.require("removed", in.text()));
            return new ConfigUpdate(revision, complete, files, removed);
        });
    }

    public static Encoder write(Encoder out, FileContent file) {
        out.text(file.file()).text(file.cluster());
        out.varint(file.release()).varint(file.revision());
        writeDigest(out, file.sha256());
        out.bytes(file.text());
        Map<String, String> keys = file.keys();
        out.bool(keys != null);
        if (keys != null) writeMap(out, keys);
        return out;
    }

    public static FileContent readFile(Decoder in) {
        return checked(() -> new FileContent(
                in.text(),
                in.text(),
                in.varint(),
                in.varint(),
                readDigest(in, 32),
                in.bytes(),
                in.bool() ? readMap(in, Integer.MAX_VALUE) : null));
    }

    public static Encoder write(Encoder out, InstanceSpec spec) {
        out.text(spec.id()).text(spec.environment()).text(spec.application());
        out.text(spec.cluster()).text(spec.dataCentre()).text(spec.ip());
        writeMap(out, spec.labels());
        return out;
    }

    public static InstanceSpec readInstance(Decoder in) {
        return checked(() -> new InstanceSpec(
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                readMap(in, InstanceSpec.LABELS_MAX)));
    }

    /** The release without its revision, which is that of the key it is stored under. */
    public static Encoder write(Encoder out, Release release) {
        out.varint(release.number()).varint(release.kind().ordinal());
        out.text(release.author()).text(release.message());
        out.varint(release.timeMillis()).varint(release.parent());
        writeDigest(out, release.sha256());
        writeDigest(out, release.md5());
        return out.bytes(release.text());
    }

    /**
     * @param revision that of the key the release was stored under
     */
    public static Release readRelease(Decoder in, long revision) {
        return checked(() -> {
            long number = in.varint();
            ReleaseKind kind = in.enumValue(ReleaseKind.values());
            String author = in.text();
            String message = in.text();
            long timeMillis = in.varint();
            long parent = in.varint();
            String sha256 = readDigest(in, 32);
            String md5 = readDigest(in, 16);
            Bytes text = in.bytes();
            return new Release(number, kind, author, message, timeMillis, revision, parent, sha256, md5, text);
        });
    }

    private static void writeDigest(Encoder out, String hex) {
        byte[] digest = HexFormat.of().parseHex(hex);
        out.raw(digest, 0, digest.length);
    }

    private static String readDigest(Decoder in, int length) {
        StringBuilder hex = new StringBuilder(length * 2);
        for (int i = 0; i < length; i++) HexFormat.of().toHexDigits(hex, (byte) in.byteValue());
        return hex.toString();
    }

    private static void writeMap(Encoder out, Map<String, String> map) {
        out.varint(map.size());
        map.forEach((key, value) -> out.text(key).text(value));
    }

    private static Map<String, String> readMap(Decoder in, int max) {
        int count = in.count(2);
        if (count > max) throw new MalformedException("entries: " + count + " (expected: <= " + max + ")");
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            @Nullable String former = map.put(in.text(), in.text());
            if (former != null) throw new MalformedException("entries: a key appears twice");
        }
        return map;
    }

    private static <T> T checked(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), e);
        }
    }
}
