package dev.attune.server.policies;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.tuning.policy.Policy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Texts of releases, and the policies in them, read once: releases never change. Safe for all threads. */
public final class PolicyShelf {
    private static final int KEPT_MAX = 512;

    private final Reads reads;
    private final PolicyTexts texts;
    private final Map<Bytes, Release> releases = bounded();
    private final Map<Bytes, Page> pages = bounded();

    /**
     * What a policy file holds.
     *
     * @param problem why it cannot be read any more; empty when it can
     */
    public record Page(List<Policy> policies, Release release, String problem) {
        public Page {
            policies = List.copyOf(policies);
        }
    }

    public PolicyShelf(Reads reads, PolicyTexts texts) {
        this.reads = reads;
        this.texts = texts;
    }

    /** A release of a file. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<Release> release(Coordinate file, long number) {
        Bytes key = FileKeys.release(file, number);
        Release known = releases.get(key);
        if (known != null) return CompletableFuture.completedFuture(known);
        return reads.one(key, ReadLevel.STALE).thenApply(found -> {
            Release read = found.map(each -> StoredRelease.decode(each).release())
                    .orElseThrow(() -> new AttuneException(
                            ErrorCode.NOT_FOUND, "There is no release " + number + " of " + file + "."));
            releases.put(key, read);
            return read;
        });
    }

    /** The policies of a release of a file. */
    public CompletableFuture<Page> page(Coordinate file, long number) {
        Bytes key = FileKeys.release(file, number);
        Page known = pages.get(key);
        if (known != null) return CompletableFuture.completedFuture(known);
        return release(file, number).thenApply(release -> {
            Page page;
            try {
                page = new Page(texts.read(file, release.text().toUtf8()), release, "");
            } catch (AttuneException e) {
                // It was checked when it was released, by a member of another version.
                page = new Page(List.of(), release, String.valueOf(e.getMessage()));
            }
            pages.put(key, page);
            return page;
        });
    }

    private static <V> Map<Bytes, V> bounded() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Bytes, V> eldest) {
                return size() > KEPT_MAX;
            }
        });
    }
}
