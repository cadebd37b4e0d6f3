package dev.attune.config.release;

import dev.attune.config.record.Digits;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;

/**
 * Where files lie among the system keys:
 *
 * <pre>
 * file/{environment}/{application}/active/{cluster}/{file}            the pointer
 * file/{environment}/{application}/release/{cluster}/{file}/{number}  a release; 19 digits, so that keys sort as numbers
 * </pre>
 *
 * <p>Names hold no slash, so no two addresses meet and the keys of one application are one range, pointers first.
 */
public final class FileKeys {
    private static final String ROOT = "file/";
    private static final String ACTIVE = "/active/";
    private static final String RELEASE = "/release/";

    private FileKeys() {}

    /** The key of a file's pointer. */
    public static Bytes pointer(Coordinate file) {
        return SystemKeys.of(
                application(file.environment(), file.application()) + ACTIVE + file.cluster() + "/" + file.file());
    }

    /** The key of one release of a file. */
    public static Bytes release(Coordinate file, long number) {
        return SystemKeys.of(releasePath(file) + Digits.padded(number, 19));
    }

    /** The releases of a file with {@code from <= number < to}. */
    public static KeyRange releases(Coordinate file, long from, long to) {
        return new KeyRange(release(file, from), release(file, to));
    }

    /** Every key of an application, for watching it. */
    public static KeyRange ofApplication(String environment, String application) {
        return prefix(application(environment, application) + "/");
    }

    /** The pointers of an application's files. */
    public static KeyRange pointers(String environment, String application) {
        return prefix(application(environment, application) + ACTIVE);
    }

    /** Every key of every file. */
    public static KeyRange all() {
        return prefix(ROOT);
    }

    /** Every key of an environment. */
    public static KeyRange ofEnvironment(String environment) {
        return prefix(ROOT + Names.require("environment", environment) + "/");
    }

    /** What a key of this layout is about. */
    public static Address parse(Bytes key) {
        String[] parts = key.toUtf8().split("/", -1);
        boolean pointer = parts.length == 6 && parts[3].equals("active");
        boolean release = parts.length == 7 && parts[3].equals("release");
        if (!parts[0].equals("\0file") || !(pointer || release))
            throw new IllegalArgumentException("key: " + key + " (expected: a pointer or release of a file)");
        Coordinate file = new Coordinate(parts[1], parts[2], parts[4], parts[5]);
        return new Address(file, pointer ? 0 : Long.parseLong(parts[6]));
    }

    /**
     * What a key is about.
     *
     * @param release number of the release, or 0 for the pointer
     */
    public record Address(Coordinate file, long release) {
        public boolean isPointer() {
            return release == 0;
        }
    }

    private static String application(String environment, String application) {
        return ROOT + Names.require("environment", environment) + "/" + Names.require("application", application);
    }

    private static String releasePath(Coordinate file) {
        return application(file.environment(), file.application()) + RELEASE + file.cluster() + "/" + file.file() + "/";
    }

    private static KeyRange prefix(String path) {
        return KeyRange.prefix(SystemKeys.of(path));
    }
}
