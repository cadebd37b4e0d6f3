package dev.attune.server.files;

import dev.attune.config.format.Document;
import dev.attune.config.release.Bound;
import dev.attune.config.release.Draft;
import dev.attune.config.release.FilePlan;
import dev.attune.config.release.Pointer;
import dev.attune.config.resolve.Layer;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.server.http.Problems;
import dev.attune.server.policies.PolicyRollout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans several files as one transaction. References and imports between them mean the texts that are being released,
 * in whichever order they are listed.
 */
public final class FileBatch {
    private final FileWrites writes;

    public FileBatch(FileWrites writes) {
        this.writes = writes;
    }

    /** What is to be done to one file. */
    public sealed interface Item {
        Coordinate file();

        /** The release that must be current, 0 for none. */
        long base();

        /** Release this text. */
        record Put(Coordinate file, Bytes text, long base) implements Item {}

        /** Delete the file. */
        record Delete(Coordinate file, long base) implements Item {}

        /** Return to this earlier release. */
        record Return(Coordinate file, long base, long release) implements Item {}
    }

    /**
     * What to write.
     *
     * @param releases the release that is current after, for each item; 0 for a deleted file
     */
    public record Planned(List<Long> releases, List<Compare> compares, List<Operation> operations) {
        public Planned {
            releases = List.copyOf(releases);
            compares = List.copyOf(compares);
            operations = List.copyOf(operations);
        }
    }

    /**
     * Checks every item and plans them together. Fails with {@code CONFLICT} when one's base is not current, and with
     * the file and the place when a text is not valid.
     */
    public CompletableFuture<Planned> plan(List<Item> items, Draft draft) {
        return plan(items, draft, false);
    }

    /** The same for a release that nobody has approved: fails with {@code FAILED_PRECONDITION} where that is asked for. */
    public CompletableFuture<Planned> planDirect(List<Item> items, Draft draft) {
        return plan(items, draft, true);
    }

    /**
     * The rollout policy that the items go by: the most careful one of those that name a key which they change. Fails with
     * {@code NOT_FOUND} when an item returns to a release that is not there.
     */
    public CompletableFuture<Optional<PolicyRollout>> policy(List<Item> items) {
        return policy(items, 0, Optional.empty());
    }

    /** Fails with {@code FAILED_PRECONDITION} when an item other than a return goes by a rollout policy. */
    public CompletableFuture<Void> requireNoPolicy(List<Item> items) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Item each : items)
            if (!(each instanceof Item.Return))
                all = all.thenCompose(done -> writes.ground(each.file())).thenCompose(ground -> writes.rules()
                        .requireNone(ground, each instanceof Item.Put put ? put.text() : null));
        return all;
    }

    private CompletableFuture<Optional<PolicyRollout>> policy(
            List<Item> items, int index, Optional<PolicyRollout> found) {
        if (index == items.size()) return CompletableFuture.completedFuture(found);
        Item item = items.get(index);
        return writes.ground(item.file())
                .thenCompose(ground ->
                        text(ground, item).thenCompose(text -> writes.rules().of(ground, text.orElse(null))))
                .thenCompose(one -> policy(
                        items,
                        index + 1,
                        Stream.concat(found.stream(), one.stream()).max(RolloutRules.careful())));
    }

    private CompletableFuture<Optional<Bytes>> text(Ground ground, Item item) {
        if (item instanceof Item.Return earlier)
            return writes.stored(ground, earlier.release())
                    .thenApply(stored -> Optional.of(stored.release().text()));
        return CompletableFuture.completedFuture(
                item instanceof Item.Put put ? Optional.of(put.text()) : Optional.empty());
    }

    private CompletableFuture<Planned> plan(List<Item> items, Draft draft, boolean direct) {
        Set<Coordinate> files = new LinkedHashSet<>();
        for (Item item : items)
            if (!files.add(item.file()))
                return CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.INVALID_ARGUMENT, item.file() + ": twice in one change"));
        Working working = new Working(items, draft, direct);
        return grounds(working, 0).thenCompose(done -> round(working));
    }

    private CompletableFuture<Working> grounds(Working working, int index) {
        if (index == working.items.size()) return CompletableFuture.completedFuture(working);
        Item item = working.items.get(index);
        return writes.ground(item.file()).thenCompose(ground -> {
            working.grounds.add(ground);
            if (working.direct && !(item instanceof Item.Return)) FileWrites.requireDirect(ground, working.draft);
            long current = ground.pointer().map(Pointer::stable).orElse(0L);
            if (current != item.base())
                throw new AttuneException(
                        ErrorCode.CONFLICT,
                        item.file() + ": base release: " + item.base() + " (current: "
                                + (current == 0 ? "no file" : current) + ")");
            return grounds(working, index + 1);
        });
    }

    /** Tries every item that is not planned yet; those that need one another succeed in a later round. */
    private CompletableFuture<Planned> round(Working working) {
        working.before = working.plans.size();
        working.failure = null;
        return next(working, 0).thenCompose(done -> {
            if (working.plans.size() == working.items.size())
                return CompletableFuture.completedFuture(working.planned());
            AttuneException failure = working.failure;
            if (failure != null && working.plans.size() == working.before)
                return CompletableFuture.failedFuture(failure);
            return round(working);
        });
    }

    private CompletableFuture<Working> next(Working working, int index) {
        if (index == working.items.size()) return CompletableFuture.completedFuture(working);
        if (working.plans.containsKey(index)) return next(working, index + 1);
        CompletableFuture<FilePlan> one;
        try {
            one = one(working, working.items.get(index), working.grounds.get(index));
        } catch (AttuneException e) {
            one = CompletableFuture.failedFuture(e);
        }
        return one.handle((plan, failure) -> {
                    if (failure == null) working.plans.put(index, plan);
                    else working.failed(working.items.get(index).file(), failure);
                    return working;
                })
                .thenCompose(done -> next(working, index + 1));
    }

    private CompletableFuture<FilePlan> one(Working working, Item item, Ground ground) {
        Draft draft = working.draft;
        Bound unchanged = new Bound(Map.of(), ground.unchanged(), List.of());
        if (item instanceof Item.Delete)
            return CompletableFuture.completedFuture(
                    writes.planner().delete(item.file(), ground.pointer(), unchanged, draft));
        if (item instanceof Item.Return earlier)
            return writes.stored(ground, earlier.release()).thenApply(stored -> writes.planner()
                    .rollback(item.file(), ground.pointer().orElseThrow(), stored, unchanged, draft));
        Document text = writes.planner().read(item.file(), ((Item.Put) item).text());
        return writes.bound(ground, text, new Bindings.Pending(Map.copyOf(working.layers)))
                .thenApply(bound -> {
                    FilePlan plan = writes.planner().publish(item.file(), ground.pointer(), text, bound, draft);
                    Map<String, String> keys = text.keys();
                    if (keys != null) working.layers.put(item.file(), Layer.of(item.file(), 0, keys, bound.bindings()));
                    return plan;
                });
    }

    /** One batch under way; one step at a time touches it. */
    private static final class Working {
        private final List<Item> items;
        private final Draft draft;
        private final boolean direct;
        private final List<Ground> grounds = new ArrayList<>();
        private final Map<Integer, FilePlan> plans = new HashMap<>();
        private final Map<Coordinate, Layer> layers = new HashMap<>();
        private int before;
        private @Nullable AttuneException failure;

        Working(List<Item> items, Draft draft, boolean direct) {
            this.direct = direct;
            this.items = items;
            this.draft = draft;
        }

        void failed(Coordinate file, Throwable thrown) {
            Throwable cause = Problems.unwrap(thrown);
            ErrorCode code = cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
            if (failure == null) failure = new AttuneException(code, file + ": " + cause.getMessage(), cause);
        }

        Planned planned() {
            List<Long> releases = new ArrayList<>();
            Set<Compare> compares = new LinkedHashSet<>();
            List<Operation> operations = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                FilePlan plan = java.util.Objects.requireNonNull(plans.get(i));
                compares.addAll(plan.transaction().compares());
                operations.addAll(plan.transaction().then());
                if (plan instanceof FilePlan.Publish publish)
                    releases.add(publish.release().number());
                else if (plan instanceof FilePlan.Unchanged same) releases.add(same.release());
                else releases.add(0L);
            }
            return new Planned(releases, List.copyOf(compares), operations);
        }
    }
}
