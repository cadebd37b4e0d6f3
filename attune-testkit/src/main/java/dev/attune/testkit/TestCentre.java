package dev.attune.testkit;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.consensus.MemberId;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.node.AttuneNode;
import dev.attune.server.node.NodeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A whole centre of one node in this process, on free loopback ports and a directory of its own. Everything is real:
 * what a test sees here it sees in production. Started and closed by one thread, used by any.
 */
public final class TestCentre implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final Path directory;
    private final AttuneNode node;
    private final String token;
    private final AttuneClient client;

    private TestCentre(Path directory, AttuneNode node, String token) {
        this.directory = directory;
        this.node = node;
        this.token = token;
        this.client = AttuneClient.builder()
                .endpoints(endpoint())
                .token(token)
                .snapshotDirectory(null)
                .build();
    }

    /** Starts a centre; returns when it serves. */
    public static TestCentre start() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("attune-test");
        // The engine tells the members of one process apart by their names.
        String name =
                "test-" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        NodeOptions options = NodeOptions.single(new MemberId(name), directory.resolve("data"), 0, 0);
        AttuneNode node = AttuneNode.start(options, cause -> {});
        try {
            node.ready().get(READY.toSeconds(), TimeUnit.SECONDS);
            return new TestCentre(
                    directory, node, Files.readString(node.tokenFile()).strip());
        } catch (ExecutionException | TimeoutException e) {
            node.close();
            throw new IOException("the centre did not start", e);
        }
    }

    /** Where clients connect: host and port. */
    public String endpoint() {
        return "127.0.0.1:" + node.apiPort();
    }

    /** An administrator's token. */
    public String token() {
        return token;
    }

    /** A client with that token; closed with the centre. */
    public AttuneClient client() {
        return client;
    }

    /** Releases a text in the default cluster, whatever is current, and returns the number of its release. */
    public long put(String environment, String application, String file, String text) {
        Coordinate at = new Coordinate(environment, application, Coordinate.DEFAULT_CLUSTER, file);
        return client.files()
                .publish(at, Bytes.utf8(text), "test")
                .join()
                .release()
                .number();
    }

    /** Subscribes as an instance {@code id} of the application. */
    public Config config(String id, String environment, String application) {
        return client.config(InstanceSpec.of(id, environment, application));
    }

    /** Stops the centre and removes its directory. */
    @Override
    public void close() throws IOException {
        client.close();
        node.close();
        List<Path> all;
        try (var paths = Files.walk(directory)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) Files.deleteIfExists(each);
    }
}
