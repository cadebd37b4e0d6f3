package dev.attune.cli.api;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connection to use. For endpoints and token alike the first of these that is there wins: the flag, the
 * environment ({@code ATTUNE_ENDPOINTS}, {@code ATTUNE_TOKEN}, {@code ATTUNE_TOKEN_FILE}, {@code ATTUNE_CA_FILE}), the
 * user's configuration file ({@code ~/.config/attune/config}: {@code endpoints=}, {@code token=}, {@code token-file=},
 * {@code ca-file=}), and what a node on this machine uses by default. A token is never taken from the command line, where every local user could read it.
 */
public final class ConnectionSettings {
    /** Where a node listens by default. */
    public static final String DEFAULT_ENDPOINT = "http://127.0.0.1:7420";

    private final Map<String, String> environment;
    private final Path workingDirectory;

    /**
     * @param environment the process environment
     * @param workingDirectory where {@code attune-data} may lie
     */
    public ConnectionSettings(Map<String, String> environment, Path workingDirectory) {
        this.environment = environment;
        this.workingDirectory = workingDirectory;
    }

    /**
     * The connection for these flags; null means not given. Throws {@link IllegalArgumentException} for an address
     * or file that cannot be used.
     */
    public Connection resolve(
            @Nullable String endpointsFlag,
            @Nullable Path tokenFileFlag,
            @Nullable Path authorityFlag,
            Duration timeout) {
        Properties file = userFile();
        String endpoints = firstOf(
                endpointsFlag, environment.get("ATTUNE_ENDPOINTS"), file.getProperty("endpoints"), DEFAULT_ENDPOINT);
        return new Connection(
                parseEndpoints(endpoints), token(tokenFileFlag, file), authority(authorityFlag, file), timeout);
    }

    private @Nullable Path authority(@Nullable Path flag, Properties file) {
        if (flag != null) return flag;
        String given = environment.get("ATTUNE_CA_FILE");
        if (given != null && !given.isBlank()) return Path.of(given);
        String saved = file.getProperty("ca-file");
        return saved == null || saved.isBlank() ? null : Path.of(saved);
    }

    private @Nullable String token(@Nullable Path flag, Properties file) {
        if (flag != null) return readToken(flag);
        String given = environment.get("ATTUNE_TOKEN");
        if (given != null && !given.isBlank()) return given.strip();
        String path = environment.get("ATTUNE_TOKEN_FILE");
        if (path != null && !path.isBlank()) return readToken(Path.of(path));
        String saved = file.getProperty("token");
        if (saved != null && !saved.isBlank()) return saved.strip();
        String savedPath = file.getProperty("token-file");
        if (savedPath != null && !savedPath.isBlank()) return readToken(Path.of(savedPath));
        Path local = workingDirectory.resolve("attune-data").resolve("admin-token");
        return Files.isReadable(local) ? readToken(local) : null;
    }

    private Properties userFile() {
        var properties = new Properties();
        String base = environment.get("XDG_CONFIG_HOME");
        String home = environment.getOrDefault("HOME", ".");
        Path path =
                (base == null || base.isBlank() ? Path.of(home, ".config") : Path.of(base)).resolve("attune/config");
        if (!Files.isReadable(path)) return properties;
        try (var reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": cannot be read (expected: lines name=value)", e);
        }
    }

    private static String readToken(Path path) {
        try {
            String token = Files.readString(path, StandardCharsets.UTF_8).strip();
            if (token.isEmpty()) throw new IllegalArgumentException("token file: " + path + " is empty");
            return token;
        } catch (IOException e) {
            throw new IllegalArgumentException("token file: " + path + " cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static List<URI> parseEndpoints(String text) {
        var endpoints = new ArrayList<URI>();
        for (String part : text.split(",", -1)) {
            if (part.isBlank()) continue;
            String address = part.strip();
            if (!address.contains("://")) address = "http://" + address;
            while (address.endsWith("/")) address = address.substring(0, address.length() - 1);
            URI uri;
            try {
                uri = URI.create(address);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("endpoint: " + part + " (expected: http://host:port)", e);
            }
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null) {
                throw new IllegalArgumentException("endpoint: " + part + " (expected: http://host:port)");
            }
            endpoints.add(uri);
        }
        if (endpoints.isEmpty()) throw new IllegalArgumentException("endpoints: none in '" + text + "'");
        return endpoints;
    }

    private static String firstOf(@Nullable String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) return candidate;
        }
        throw new IllegalStateException("no default among the candidates");
    }
}
