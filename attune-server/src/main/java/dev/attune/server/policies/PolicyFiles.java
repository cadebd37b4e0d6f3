package dev.attune.server.policies;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.KeyValue;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.tuning.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The policies that are in force. Safe for all threads; never blocks. */
public final class PolicyFiles {
    private final Reads reads;
    private final PolicyShelf shelf;

    /** A policy, and the file that it lies in. */
    public record Found(Coordinate file, Policy policy) {}

    public PolicyFiles(Reads reads, PolicyShelf shelf) {
        this.reads = reads;
        this.shelf = shelf;
    }

    /**
     * The policies of an application for one of its clusters, in the order of their files; those of a file that cannot be
     * read any more are left out.
     *
     * @param level how new they must be
     */
    public CompletableFuture<List<Found>> of(String environment, String application, String cluster, ReadLevel level) {
        return reads.range(PolicyTexts.sources(environment, application, cluster), level)
                .thenCompose(notes -> {
                    List<Coordinate> files = new ArrayList<>();
                    for (KeyValue each : notes) files.add(PolicyTexts.source(each.key()));
                    if (files.isEmpty()) return CompletableFuture.completedFuture(List.of());
                    return reads.keys(files.stream().map(FileKeys::pointer).toList(), level)
                            .thenCompose(pointers -> all(files, pointers, 0, new ArrayList<>()));
                });
    }

    private CompletableFuture<List<Found>> all(
            List<Coordinate> files, List<@Nullable KeyValue> pointers, int index, List<Found> found) {
        if (index == files.size()) return CompletableFuture.completedFuture(found);
        KeyValue at = pointers.get(index);
        Pointer pointer = at == null ? null : Pointer.decode(at);
        if (pointer == null || pointer.isDeleted()) return all(files, pointers, index + 1, found);
        Coordinate file = files.get(index);
        return shelf.page(file, pointer.stable()).thenCompose(page -> {
            for (Policy each : page.policies()) found.add(new Found(file, each));
            return all(files, pointers, index + 1, found);
        });
    }
}
