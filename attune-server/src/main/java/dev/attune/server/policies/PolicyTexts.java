package dev.attune.server.policies;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.policy.PolicyReader;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Files whose names end in {@value #SUFFIX}: YAML with policies of the application that they lie in, for the files of the
 * cluster that they lie in. They are released, rolled back and audited like any other file. As the suffix is none of a
 * format with keys, no instance takes keys from them, and a text may hold several documents.
 *
 * <p>That such a file was ever released is noted under {@code tune/source/}, so whoever carries policies out finds them
 * without walking through all files; what is current is said by the file's pointer alone.
 *
 * <p>Safe for all threads.
 */
public final class PolicyTexts {
    /** The suffix of files that hold policies. */
    public static final String SUFFIX = ".policy";

    private static final String SOURCES = "tune/source/";
    private static final String ANY_NAMESPACE = "default";

    private final Object lock = new Object();
    private @Nullable Language language;

    /** Whether the file holds policies. */
    public static boolean isPolicy(Coordinate file) {
        return file.file().endsWith(SUFFIX);
    }

    /**
     * The policies of a text.
     *
     * @throws AttuneException {@code INVALID_ARGUMENT} with the place of the first mistake
     */
    public List<Policy> read(Coordinate file, String text) {
        List<Policy> policies = new PolicyReader(language()).read(text);
        TreeSet<String> names = new TreeSet<>();
        for (Policy each : policies) {
            Policy.Metadata metadata = each.metadata();
            if (!metadata.app().equals(file.application()))
                throw invalid("metadata.app: " + metadata.app() + " (expected: " + file.application()
                        + ", the application that the file lies in)");
            if (!metadata.namespace().equals(ANY_NAMESPACE)
                    && !metadata.namespace().equals(file.environment()))
                throw invalid("metadata.namespace: " + metadata.namespace() + " (expected: " + file.environment()
                        + ", the environment that the file lies in, or none)");
            if (!names.add(metadata.name()))
                throw invalid("metadata.name: " + metadata.name() + " twice (expected: once in a file)");
        }
        return policies;
    }

    /** What is written with every release of such a file. */
    public static Operation noted(Coordinate file) {
        String path = file.environment() + "/" + file.application() + "/" + file.cluster() + "/" + file.file();
        return Operation.Put.of(SystemKeys.of(SOURCES + path), Bytes.EMPTY);
    }

    /** The notes of all files that hold, or held, policies. */
    public static KeyRange sources() {
        return KeyRange.prefix(SystemKeys.of(SOURCES));
    }

    /** The notes of the files that hold, or held, policies for a cluster of an application. */
    static KeyRange sources(String environment, String application, String cluster) {
        return KeyRange.prefix(SystemKeys.of(SOURCES + environment + "/" + application + "/" + cluster + "/"));
    }

    /** The file that a note is about. */
    public static Coordinate source(Bytes key) {
        String[] parts = key.toUtf8().substring(1 + SOURCES.length()).split("/", -1);
        if (parts.length != 4) throw new IllegalArgumentException("key: " + key + " (expected: a file of policies)");
        return new Coordinate(parts[0], parts[1], parts[2], parts[3]);
    }

    /** Made when it is first needed, as that takes a while and most nodes have no policies. */
    private Language language() {
        synchronized (lock) {
            Language made = language;
            if (made == null) language = made = new Language();
            return made;
        }
    }

    private static AttuneException invalid(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
