package dev.attune.e2e.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One node in a JVM of its own, on loopback. Not safe to share between threads. */
public final class ServerProcess {
    private final String id;
    private final Path directory;
    private final int apiPort;
    private final List<String> arguments;
    private Path javaHome = Path.of(System.getProperty("java.home"));
    private final Web web;
    private @Nullable Process process;

    /** How to ask a node over HTTP: {@code http} or {@code https}, and the client that does. */
    record Web(String scheme, HttpClient client) {}

    /**
     * @param directory of this node: its data below {@code data}, its output in {@code server.log}
     * @param arguments of the server's command line
     */
    ServerProcess(String id, Path directory, int apiPort, List<String> arguments, Web web) {
        this.id = id;
        this.directory = directory;
        this.apiPort = apiPort;
        this.arguments = List.copyOf(arguments);
        this.web = web;
    }

    public String id() {
        return id;
    }

    /** Where clients connect, as {@code host:port}. */
    public String endpoint() {
        return "127.0.0.1:" + apiPort;
    }

    /** The same with its scheme. */
    public String address() {
        return web.scheme() + "://" + endpoint();
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** From the next start on the node runs on another JDK. */
    public void useJdk(Path home) {
        javaHome = home;
    }

    /** Starts the process; its output is added to the log. */
    public void start() throws IOException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        command.addAll(
                List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.attune.server.ServerMain"));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    public Path log() {
        return directory.resolve("server.log");
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    /** Ends the process with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running == null) return;
        running.destroyForcibly().waitFor();
    }

    /** Asks the process to end, as a service manager does; kills it after 10 s. */
    public void stop() throws InterruptedException {
        Process running = process;
        if (running == null) return;
        running.destroy();
        if (!running.waitFor(10, TimeUnit.SECONDS)) kill();
    }

    /** SIGSTOP: the process does nothing until {@link #resume}. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Commands.run("kill", "-" + name, Long.toString(pid()));
    }

    /** Waits until the process has ended by itself. */
    public void awaitExit(Duration most) throws InterruptedException, TimeoutException {
        if (!running().waitFor(most.toMillis(), TimeUnit.MILLISECONDS))
            throw new TimeoutException(id + " is still alive after " + most);
    }

    /** Waits until the node says that it serves. */
    public void awaitReady(Duration most) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < until) {
            if (!isAlive()) throw new IllegalStateException(id + " has ended; see " + log());
            if (get("/readyz", "") != null) return;
            Thread.sleep(20);
        }
        throw new TimeoutException(id + " is not ready after " + most + "; see " + log());
    }

    /** The status and body of a request with a method and no body. */
    public HttpResponse<String> send(String method, String path, String token)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return web.client().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The body of a 200 answer, or null. */
    public @Nullable String get(String path, String token) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address() + path)).timeout(Duration.ofSeconds(2));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        try {
            HttpResponse<String> response = web.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? response.body() : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Process running() {
        if (process == null) throw new IllegalStateException(id + " was not started");
        return process;
    }
}
