package dev.attune.server.node;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Makes the event loops of a node's listener. */
final class VertxStart {
    private VertxStart() {}

    static Vertx vertx() {
        int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                // Nothing is served from files or the class path, so no cache directory is made for them.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }
}
