package dev.attune.cli.source;

import dev.attune.model.config.Coordinate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** Whole environments as other systems, and this one, keep them in folders and zips. */
public enum Estate {
    /** {@code application/cluster/file}, as {@code attune export} writes it. */
    ATTUNE {
        @Override
        Optional<Coordinate> place(String environment, String path) {
            String[] parts = path.split("/", -1);
            if (parts.length < 3) return Optional.empty();
            int last = parts.length - 1;
            return Optional.of(new Coordinate(environment, parts[last - 2], parts[last - 1], parts[last]));
        }
    },
    /** Apollo's export: {@code appId+cluster+namespace.format} in a folder for each environment. */
    APOLLO {
        @Override
        Optional<Coordinate> place(String environment, String path) {
            String name = last(path);
            String[] parts = name.split("\\+", -1);
            if (parts.length != 3) return Optional.empty();
            return Optional.of(new Coordinate(environment, parts[0], parts[1], parts[2]));
        }
    },
    /** Nacos's export: {@code group/dataId}; the group becomes the application. */
    NACOS {
        @Override
        Optional<Coordinate> place(String environment, String path) {
            String[] parts = path.split("/", -1);
            if (parts.length < 2 || last(path).startsWith(".")) return Optional.empty();
            String group = parts[parts.length - 2];
            return Optional.of(new Coordinate(environment, group, Coordinate.DEFAULT_CLUSTER, last(path)));
        }
    },
    /**
     * A Spring Cloud Config folder: {@code app.yml} becomes the application's {@code application.yml}, {@code
     * app-env.yml} of this environment its {@code application-env.yml}.
     */
    SPRING {
        @Override
        Optional<Coordinate> place(String environment, String path) {
            String name = last(path);
            int dot = name.lastIndexOf('.');
            if (dot < 1 || !name.substring(dot).toLowerCase(Locale.ROOT).matches("\\.(ya?ml|properties|json)"))
                return Optional.empty();
            String profile = "-" + environment;
            boolean profiled = name.substring(0, dot).endsWith(profile);
            String application = name.substring(0, profiled ? dot - profile.length() : dot);
            String file = "application" + (profiled ? profile : "") + name.substring(dot);
            return Optional.of(new Coordinate(environment, application, Coordinate.DEFAULT_CLUSTER, file));
        }
    };

    private static final int FILES_MAX = 10_000;
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final long BYTES_MAX = 100 << 20;

    /** Where a file belongs; empty for one that is no configuration. */
    abstract Optional<Coordinate> place(String environment, String path);

    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The files of a folder, or of a zip. */
    public Map<Coordinate, byte[]> read(String environment, Path source) throws IOException {
        Map<String, byte[]> found = Files.isDirectory(source) ? folder(source) : zip(source);
        Map<Coordinate, byte[]> files = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> each : found.entrySet()) {
            Optional<Coordinate> place = place(environment, each.getKey());
            byte @Nullable [] twice = place.isEmpty() ? null : files.put(place.get(), each.getValue());
            if (twice != null) throw new IllegalArgumentException(place.get() + ": twice in " + source);
        }
        return files;
    }

    private static Map<String, byte[]> folder(Path folder) throws IOException {
        Found found = new Found();
        // Links are not followed: what lies elsewhere is not part of the folder.
        try (var paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>)
                    paths.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))::iterator) {
                String name = folder.relativize(path).toString().replace('\\', '/');
                if (name.startsWith(".git/")) continue;
                try (InputStream in = Files.newInputStream(path)) {
                    found.add(name, in);
                }
            }
        }
        return found.files;
    }

    private static Map<String, byte[]> zip(Path source) throws IOException {
        Found found = new Found();
        int entries = 0;
        try (ZipInputStream in = new ZipInputStream(new BufferedInputStream(Files.newInputStream(source)))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (++entries > 2 * FILES_MAX) throw tooLarge(entry.getName());
                if (!entry.isDirectory()) found.add(entry.getName(), in);
            }
        }
        if (found.files.isEmpty()) throw new IllegalArgumentException("source: no folder and no zip with files");
        return found.files;
    }

    /** What was read so far, within bounds whatever a source says about its sizes. */
    private static final class Found {
        private final Map<String, byte[]> files = new TreeMap<>();
        private long bytes;

        void add(String name, InputStream in) throws IOException {
            byte[] text = in.readNBytes((int) Math.min(FILE_BYTES_MAX, BYTES_MAX - bytes) + 1);
            bytes += text.length;
            if (text.length > FILE_BYTES_MAX || bytes > BYTES_MAX || files.size() >= FILES_MAX) throw tooLarge(name);
            files.put(name, text);
        }
    }

    private static IllegalArgumentException tooLarge(String what) {
        return new IllegalArgumentException(what + ": too large (expected: <= " + FILES_MAX + " files of <= "
                + FILE_BYTES_MAX + " bytes, " + BYTES_MAX + " together)");
    }
}
