package dev.attune.server.policies;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.kv.KeyValue;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.tuning.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The policies that are in force. Texts are read once: releases never change. Safe for all threads; never blocks. */
public final class PolicyFiles {
    private static final int KEPT_MAX = 512;

    private final Reads reads;
    private final PolicyTexts texts;
    private final Map<Bytes, List<Policy>> read = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, List<Policy>> eldest) {
            return size() > KEPT_MAX;
        }
    });

    /** A policy, and the file that it lies in. */
    public record Found(Coordinate file, Policy policy) {}

    public PolicyFiles(Reads reads, PolicyTexts texts) {
        this.reads = reads;
        this.texts = texts;
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
        return policies(file, pointer.stable()).thenCompose(policies -> {
            for (Policy each : policies) found.add(new Found(file, each));
            return all(files, pointers, index + 1, found);
        });
    }

    private CompletableFuture<List<Policy>> policies(Coordinate file, long number) {
        Bytes key = FileKeys.release(file, number);
        List<Policy> known = read.get(key);
        if (known != null) return CompletableFuture.completedFuture(known);
        return reads.one(key, ReadLevel.STALE).thenApply(stored -> {
            Release release = StoredRelease.decode(stored.orElseThrow(() -> new AttuneException(
                            ErrorCode.NOT_FOUND, "There is no release " + number + " of " + file + ".")))
                    .release();
            List<Policy> policies;
            try {
                policies = texts.read(file, release.text().toUtf8());
            } catch (AttuneException e) {
                // It was checked when it was released, by a member of another version.
                policies = List.of();
            }
            read.put(key, policies);
            return policies;
        });
    }
}
