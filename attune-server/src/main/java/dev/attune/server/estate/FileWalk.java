package dev.attune.server.estate;

import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileListing;
import dev.attune.server.files.FileService;
import dev.attune.server.keyspace.ReadLevel;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Visits the current files that somebody may see, one after the other. */
final class FileWalk {
    private final FileService files;
    private final Rights rights;

    FileWalk(FileService files, Rights rights) {
        this.files = files;
        this.rights = rights;
    }

    /** What is done with each file; completes with whether to go on. */
    @FunctionalInterface
    interface Visitor {
        CompletableFuture<Boolean> visit(FileListing.Entry file);
    }

    /** Visits files until told to stop; completes with false when it was. */
    CompletableFuture<Boolean> run(Optional<String> environment, Optional<String> application, Visitor visitor) {
        CompletableFuture<Iterator<String>> environments = environment.isPresent()
                ? CompletableFuture.completedFuture(environment.stream().iterator())
                : files.environments(ReadLevel.LINEARIZABLE)
                        .thenApply(found -> found.names().iterator());
        return environments.thenCompose(all -> each(
                all,
                name -> !rights.sees(name)
                        ? CompletableFuture.completedFuture(true)
                        : environment(name, application, visitor)));
    }

    private CompletableFuture<Boolean> environment(String environment, Optional<String> application, Visitor visitor) {
        CompletableFuture<Iterator<String>> applications = application.isPresent()
                ? CompletableFuture.completedFuture(application.stream().iterator())
                : files.applications(environment, ReadLevel.LINEARIZABLE)
                        .thenApply(found -> found.names().iterator());
        return applications.thenCompose(all -> each(all, name -> files.list(environment, name, ReadLevel.LINEARIZABLE)
                .thenCompose(listing -> each(
                        listing.files().iterator(),
                        file -> rights.allows(Verb.READ, file.file())
                                ? visitor.visit(file)
                                : CompletableFuture.completedFuture(true)))));
    }

    private static <T> CompletableFuture<Boolean> each(Iterator<T> all, Function<T, CompletableFuture<Boolean>> visit) {
        while (all.hasNext()) {
            CompletableFuture<Boolean> one = visit.apply(all.next());
            // What is there already is taken at once, so that a long walk does not become a deep stack.
            if (!one.isDone() || one.isCompletedExceptionally())
                return one.thenCompose(on -> on ? each(all, visit) : CompletableFuture.completedFuture(false));
            if (!one.join()) return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.completedFuture(true);
    }
}
