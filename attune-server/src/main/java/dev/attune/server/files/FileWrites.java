package dev.attune.server.files;

import dev.attune.config.edit.KeyEdits;
import dev.attune.config.format.Document;
import dev.attune.config.release.Bound;
import dev.attune.config.release.Draft;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.FilePlan;
import dev.attune.config.release.FilePlanner;
import dev.attune.config.release.GrayDraft;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Digests;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.policies.PolicyFiles;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.server.policies.PolicyTexts;
import dev.attune.server.secrets.Secrets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes to one file: read what the write rests on, check, plan, run, and begin again when another writer was faster.
 * Callable from any thread; never blocks.
 */
public final class FileWrites {
    /** How often a change is planned again because another writer was faster. */
    private static final int ATTEMPTS_MAX = 128;

    private final Reads reads;
    private final Executor workers;
    private final Clock clock;
    private final Audit audit;
    private final Secrets secrets;
    private final FilePlanner planner;
    private final Bindings bindings;
    private final Schemas schemas;
    private final PolicyTexts policies = new PolicyTexts();
    private final PolicyShelf shelf;
    private final RolloutRules rules;
    private final PolicyCheck policyCheck;
    private final Ground.Known known = new Ground.Known();
    // The newest revision that a write of this node was acknowledged at.
    private final AtomicLong newest = new AtomicLong();

    /**
     * What every write goes by.
     *
     * @param workers read and check texts, which may take milliseconds
     */
    record Rules(Clock clock, Audit audit, Secrets secrets, int textBytesMax, Executor workers) {}

    FileWrites(Reads reads, Rules rules) {
        this.reads = reads;
        this.workers = rules.workers();
        this.clock = rules.clock();
        this.audit = rules.audit();
        this.secrets = rules.secrets();
        this.planner = new FilePlanner(rules.textBytesMax());
        this.bindings = new Bindings(reads);
        this.schemas = new Schemas(reads);
        this.shelf = new PolicyShelf(reads, policies);
        PolicyFiles inForce = new PolicyFiles(reads, shelf);
        this.rules = new RolloutRules(this, inForce);
        this.policyCheck = new PolicyCheck(this, inForce, schemas);
    }

    CompletableFuture<Published> publish(Coordinate file, Bytes given, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return working(() -> {
            Document text = sealed(file, planner.read(file, given));
            return change(file, ground -> publishPlan(ground, text, edit, draft));
        });
    }

    /** Does {@code step} on a worker; what it throws fails the result. */
    private <T> CompletableFuture<T> working(Supplier<CompletableFuture<T>> step) {
        return CompletableFuture.supplyAsync(step, workers).thenCompose(begun -> begun);
    }

    /** The same with its marked values sealed. */
    private Document sealed(Coordinate file, Document text) {
        Bytes sealed = secrets.seal(file, text.bytes());
        return sealed.equals(text.bytes()) ? text : planner.read(file, sealed);
    }

    private CompletableFuture<FilePlan> publishPlan(Ground ground, Document text, Edit edit, Draft draft) {
        requireDirect(ground, draft);
        return rules.requireNone(ground, text.bytes())
                .thenCompose(free -> bound(ground, text, Bindings.Pending.NOTHING))
                .thenCompose(bound -> {
                    Bound also = bound.with(audit.record(
                            edit.author(), "file.publish", ground.file().toString(), edit.message()));
                    FilePlan plan = planner.publish(ground.file(), ground.pointer(), text, also, draft);
                    return unlessSame(ground, text.bytes(), bound, plan);
                });
    }

    /** The plan, or nothing to do when the text and what its references stand for are current already. */
    private CompletableFuture<FilePlan> unlessSame(Ground ground, Bytes text, Bound bound, FilePlan plan) {
        Pointer pointer = ground.pointer().filter(p -> !p.isDeleted()).orElse(null);
        if (bound.bindings().isEmpty() || pointer == null || !pointer.sha256().equals(Digests.sha256(text)))
            return CompletableFuture.completedFuture(plan);
        return stored(ground, pointer.stable())
                .thenApply(now ->
                        now.bindings().equals(bound.bindings()) ? new FilePlan.Unchanged(pointer.stable()) : plan);
    }

    /** Everything that is checked of a text, and what has to stay as it is until it is written. */
    CompletableFuture<Bound> bound(Ground ground, Document text, Bindings.Pending pending) {
        return schemas.check(ground, opened(ground, text))
                .thenCompose(schema -> bindings.of(ground, text, pending).thenApply(bound -> {
                    List<Compare> compares = new ArrayList<>(ground.unchanged());
                    compares.addAll(schema);
                    compares.addAll(bound.compares());
                    return new Bound(bound.bindings(), compares, bound.operations());
                }))
                .thenCompose(all -> {
                    if (!PolicyTexts.isPolicy(ground.file())) return CompletableFuture.completedFuture(all);
                    return policyCheck
                            .check(ground, policies.read(ground.file(), text.text()), pending)
                            .thenApply(done -> all.with(PolicyTexts.noted(ground.file())));
                });
    }

    Reads reads() {
        return reads;
    }

    Ground.Known known() {
        return known;
    }

    /** Which changes go by a rollout policy. */
    RolloutRules rules() {
        return rules;
    }

    /** The policies of releases. */
    public PolicyShelf shelf() {
        return shelf;
    }

    /** What reads files that hold policies. */
    public PolicyTexts policies() {
        return policies;
    }

    /** With its secret values in the clear, when there is a schema that asks how they look. */
    private Document opened(Ground ground, Document text) {
        if (ground.settings().schema().isEmpty()) return text;
        Bytes open = opened(ground.file(), text.bytes());
        return open.equals(text.bytes()) ? text : Document.read(text.file(), open);
    }

    /** A text with its secret values in the clear. */
    Bytes opened(Coordinate file, Bytes text) {
        return secrets.opened(file, text);
    }

    /** What a write to a file rests on. */
    CompletableFuture<Ground> ground(Coordinate file) {
        return Ground.read(reads, known, file, ReadLevel.LINEARIZABLE);
    }

    /** The current text of a file with these keys changed, and secret values sealed. */
    public CompletableFuture<Bytes> withKeys(Coordinate file, Map<String, String> keys) {
        return ground(file)
                .thenCompose(ground -> stored(ground, ground.present().stable()))
                .thenApply(now -> {
                    Bytes text = now.release().text();
                    for (Map.Entry<String, String> each : keys.entrySet())
                        text = KeyEdits.set(file.file(), text, each.getKey(), each.getValue());
                    return secrets.seal(file, text);
                });
    }

    /** The text of a draft with secret values sealed, so that none is stored or shown before its release. */
    public Bytes sealed(Coordinate file, Bytes text) {
        return secrets.seal(file, text);
    }

    /** Seals the secret values of a file again with the current key; makes no release when they are. */
    public CompletableFuture<Published> rotate(Coordinate file, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return change(file, ground -> stored(ground, ground.present().stable())
                .thenCompose(now -> publishPlan(
                        ground,
                        planner.read(file, secrets.resealed(file, now.release().text())),
                        edit,
                        draft)));
    }

    FilePlanner planner() {
        return planner;
    }

    static void requireDirect(Ground ground, Draft draft) {
        ground.environment().requireThawed(draft.timeMillis());
        int approvals = ground.environment().approvals();
        if (approvals > 0)
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "environment " + ground.file().environment() + " releases changes only, approved by " + approvals
                            + " other than the author (expected: make a change and have it approved)");
    }

    /** Sets one key, or removes it when {@code value} is null, and releases the text. Order and comments stay. */
    public CompletableFuture<Published> edit(Coordinate file, String key, @Nullable String value, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return change(file, ground -> stored(ground, ground.present().stable()).thenCompose(now -> {
            Bytes old = now.release().text();
            Bytes text =
                    value == null ? KeyEdits.remove(file.file(), old, key) : KeyEdits.set(file.file(), old, key, value);
            return publishPlan(ground, sealed(file, planner.read(file, text)), edit, draft);
        }));
    }

    CompletableFuture<Published> rollback(Coordinate file, long number, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return change(file, ground -> {
            Pointer pointer = ground.pointer().orElseThrow(() -> FilePlanner.notFound(file));
            return stored(ground, number)
                    .thenApply(earlier ->
                            planner.rollback(file, pointer, earlier, also(ground, edit, "file.rollback", ""), draft));
        });
    }

    CompletableFuture<Long> delete(Coordinate file, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return run(
                file,
                ground -> {
                    requireDirect(ground, draft);
                    return rules.requireNone(ground, null)
                            .thenApply(free -> planner.delete(
                                    file, ground.pointer(), also(ground, edit, "file.delete", ""), draft));
                },
                (plan, revision) -> CompletableFuture.completedFuture(revision));
    }

    /** Releases {@code text} to the instances of a gray rule only. */
    public CompletableFuture<Published> gray(Coordinate file, GrayDraft rule, Bytes given, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return working(() -> {
            Document text = sealed(file, planner.read(file, given));
            return change(file, ground -> grayPlan(ground, rule, text, edit, draft));
        });
    }

    private CompletableFuture<FilePlan> grayPlan(Ground ground, GrayDraft rule, Document text, Edit edit, Draft draft) {
        ground.environment().requireThawed(draft.timeMillis());
        Coordinate file = ground.file();
        Operation record = audit.record(edit.author(), "gray.publish", file + " " + rule.name(), edit.message());
        return bound(ground, text, Bindings.Pending.NOTHING)
                .thenApply(bound -> planner.gray(file, ground.pointer(), text, rule, bound.with(record), draft));
    }

    /** Changes who a gray rule is for. */
    public CompletableFuture<Long> regray(Coordinate file, GrayDraft rule, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return move(
                file,
                ground -> CompletableFuture.completedFuture(planner.regray(
                        file, ground.present(), rule, also(ground, edit, "gray.change", rule.name()), draft)));
    }

    /** Ends a gray rule. */
    public CompletableFuture<Long> drop(Coordinate file, String rule, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return move(
                file,
                ground -> CompletableFuture.completedFuture(
                        planner.drop(file, ground.present(), rule, also(ground, edit, "gray.drop", rule), draft)));
    }

    /** Gives the release of a gray rule to everybody. */
    public CompletableFuture<Long> promote(Coordinate file, String rule, Edit edit) {
        Draft draft = edit.at(clock.millis());
        return move(file, ground -> {
            requireDirect(ground, draft);
            Pointer pointer = ground.present();
            return stored(ground, FilePlanner.rule(file, pointer, rule).release())
                    .thenApply(stored -> planner.promote(
                            file, pointer, rule, stored.release(), also(ground, edit, "gray.promote", rule), draft));
        });
    }

    private Bound also(Ground ground, Edit edit, String action, String about) {
        String target = about.isEmpty() ? ground.file().toString() : ground.file() + " " + about;
        return new Bound(
                Map.of(), ground.unchanged(), List.of(audit.record(edit.author(), action, target, edit.message())));
    }

    private CompletableFuture<Long> move(Coordinate file, Function<Ground, CompletableFuture<FilePlan>> plan) {
        return run(file, plan, (done, revision) -> CompletableFuture.completedFuture(revision));
    }

    private CompletableFuture<Published> change(Coordinate file, Function<Ground, CompletableFuture<FilePlan>> plan) {
        return run(file, plan, (done, revision) -> {
            if (done instanceof FilePlan.Publish made)
                return CompletableFuture.completedFuture(new Published(made.at(revision), true, revision));
            FilePlan.Unchanged same = (FilePlan.Unchanged) done;
            return stored(file, same.release(), revision)
                    .thenApply(found -> new Published(found.release(), false, revision));
        });
    }

    /** What a caller is told of a plan that was carried out at a revision. */
    @FunctionalInterface
    private interface Answer<T> {
        CompletableFuture<T> of(FilePlan done, long revision);
    }

    /**
     * Plans on what this node has, without asking a majority: all that was read is compared in the transaction, so a
     * plan on an old state is refused and made again on the newest. Only a plan that writes is believed: what would be
     * refused, or has nothing to do, may be so on an old state alone.
     */
    private <T> CompletableFuture<T> run(
            Coordinate file, Function<Ground, CompletableFuture<FilePlan>> plan, Answer<T> answer) {
        CompletableFuture<Optional<FilePlan>> hoped = working(
                        () -> Ground.read(reads, known, file, ReadLevel.atLeast(newest.get()))
                                .thenCompose(plan))
                .handle((next, failure) ->
                        failure != null || next instanceof FilePlan.Unchanged ? Optional.empty() : Optional.of(next));
        return hoped.thenCompose(next -> {
            if (next.isEmpty()) return certain(file, plan, 1, answer);
            return execute(next.get(), answer, () -> certain(file, plan, 1, answer));
        });
    }

    private <T> CompletableFuture<T> certain(
            Coordinate file, Function<Ground, CompletableFuture<FilePlan>> plan, int attempt, Answer<T> answer) {
        return ground(file).thenCompose(ground -> plan.apply(ground).thenCompose(next -> {
            if (next instanceof FilePlan.Unchanged) return answer.of(next, ground.revision());
            return execute(next, answer, () -> {
                if (attempt >= ATTEMPTS_MAX)
                    throw new AttuneException(
                            ErrorCode.OVERLOADED, "Others changed " + file + " " + attempt + " times meanwhile.");
                return certain(file, plan, attempt + 1, answer);
            });
        }));
    }

    private <T> CompletableFuture<T> execute(
            FilePlan plan, Answer<T> answer, Supplier<CompletableFuture<T>> overtaken) {
        return reads.run(plan.transaction()).thenCompose(done -> {
            if (!done.succeeded()) return overtaken.get();
            newest.accumulateAndGet(done.revision(), Math::max);
            return answer.of(plan, done.revision());
        });
    }

    /** A release of the file that the ground is of. */
    CompletableFuture<StoredRelease> stored(Ground ground, long number) {
        return stored(ground.file(), number, ground.revision());
    }

    // Releases never change, so any state that has it will do.
    private CompletableFuture<StoredRelease> stored(Coordinate file, long number, long minRevision) {
        if (number < 1) throw noRelease(file, number);
        return reads.one(FileKeys.release(file, number), ReadLevel.atLeast(minRevision))
                .thenApply(found -> found.map(StoredRelease::decode).orElseThrow(() -> noRelease(file, number)));
    }

    static AttuneException noRelease(Coordinate file, long number) {
        return new AttuneException(ErrorCode.NOT_FOUND, "There is no release " + number + " of " + file + ".");
    }
}
