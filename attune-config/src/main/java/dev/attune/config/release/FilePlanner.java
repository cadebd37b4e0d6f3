package dev.attune.config.release;

import dev.attune.config.format.Document;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Digests;
import dev.attune.model.config.Release;
import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns calls on files into transactions. Each writes the next release and moves the pointer at one revision, guarded
 * by the pointer's last revision, so that of two writers one wins and the other plans again from the pointer that its
 * refused transaction returns.
 */
public final class FilePlanner {
    private final int textBytesMax;

    /**
     * @param textBytesMax largest text of a file, in bytes
     */
    public FilePlanner(int textBytesMax) {
        if (textBytesMax < 1) throw new IllegalArgumentException("textBytesMax: " + textBytesMax + " (expected: >= 1)");
        this.textBytesMax = textBytesMax;
    }

    /**
     * Publishes a text. The text that is current already makes no release; also on an older base when the same author
     * made it current, because then this is the repeat of a call whose answer was lost.
     *
     * @param present the file's pointer, empty when there never was one
     * @param bound what the text's references stand for, and what else the transaction holds
     * @throws AttuneException {@code CONFLICT} when the draft's base is not current
     */
    public FilePlan publish(Coordinate file, Optional<Pointer> present, Document text, Bound bound, Draft draft) {
        Pointer done = present.filter(each -> isDone(each, text.bytes(), draft)).orElse(null);
        if (done != null) {
            requireFree(file, done);
            return new FilePlan.Unchanged(done.stable());
        }
        checkBase(file, present, draft);
        return release(file, present, text.bytes(), bound, draft.kind(), draft);
    }

    private static boolean isDone(Pointer pointer, Bytes text, Draft draft) {
        boolean older = draft.baseRelease() != Draft.ANY_BASE && draft.baseRelease() < pointer.stable();
        return older
                && pointer.author().equals(draft.author())
                && pointer.sha256().equals(Digests.sha256(text));
    }

    /**
     * Checks a text: its size, and its syntax when the format is one that is parsed.
     *
     * @throws AttuneException {@code TOO_LARGE}, or {@link dev.attune.config.format.InvalidDocumentException} with the
     *     place in the text
     */
    public Document read(Coordinate file, Bytes text) {
        if (text.size() > textBytesMax)
            throw new AttuneException(
                    ErrorCode.TOO_LARGE, "text: " + text.size() + " bytes (expected: <= " + textBytesMax + ")");
        return Document.read(file.file(), text);
    }

    /**
     * Makes a new release with the bytes of an earlier one. Also brings back a deleted file.
     *
     * @throws AttuneException {@code CONFLICT} when the draft's base is not current
     */
    public FilePlan rollback(Coordinate file, Pointer present, StoredRelease earlier, Bound also, Draft draft) {
        checkBase(file, Optional.of(present), draft);
        Draft told = draft.message().isEmpty()
                ? new Draft(
                        draft.author(),
                        "Roll back to " + earlier.release().number(),
                        draft.timeMillis(),
                        draft.baseRelease(),
                        draft.rollout(),
                        draft.kind())
                : draft;
        // What ran then runs again: its references keep what they stood for.
        Bound bound = new Bound(earlier.bindings(), also.compares(), also.operations());
        return release(file, Optional.of(present), earlier.release().text(), bound, ReleaseKind.ROLLBACK, told);
    }

    /**
     * Deletes a file; its releases stay. By a rollout it is deleted when that switches.
     *
     * @throws AttuneException {@code NOT_FOUND} when there is no such file, {@code CONFLICT} as for publishing, {@code
     *     FAILED_PRECONDITION} when a rollout is to delete a file with gray rules
     */
    public FilePlan delete(Coordinate file, Optional<Pointer> present, Bound also, Draft draft) {
        checkBase(file, present, draft);
        Pointer pointer = present.filter(p -> !p.isDeleted()).orElseThrow(() -> notFound(file));
        if (draft.rollout() != 0) return deleteLater(file, pointer, also, draft);
        Pointer gone = new Pointer(0, pointer.latest(), "", draft.author(), draft.timeMillis(), 0);
        return new FilePlan.Delete(
                guarded(file, present, also, List.of(Operation.Put.of(FileKeys.pointer(file), gone.encode()))));
    }

    private static FilePlan deleteLater(Coordinate file, Pointer pointer, Bound also, Draft draft) {
        // A rule would go on serving its release after everyone was asked to be without the file.
        if (!pointer.gray().isEmpty())
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    file + " has gray rules (expected: none when a rollout deletes it; drop them first)");
        if (draft.rollout() == Draft.WAITING)
            return new FilePlan.Delete(guarded(file, Optional.of(pointer), also, List.of()));
        Hold hold = Hold.of(draft.rollout(), 0, pointer.stable());
        Pointer held = new Pointer(
                pointer.stable(),
                pointer.latest(),
                pointer.sha256(),
                draft.author(),
                draft.timeMillis(),
                0,
                List.of(),
                hold);
        List<Operation> put = List.of(Operation.Put.of(FileKeys.pointer(file), held.encode()));
        return new FilePlan.Delete(guarded(file, Optional.of(pointer), also, put));
    }

    /**
     * Writes {@code text} as a release that only the instances of a gray rule get; a rule of the same name is replaced
     * and keeps its place and its salt.
     *
     * @throws AttuneException {@code NOT_FOUND} when there is no such file, else as for publishing
     */
    public FilePlan gray(
            Coordinate file, Optional<Pointer> present, Document text, GrayDraft rule, Bound bound, Draft draft) {
        checkBase(file, present, draft);
        Pointer pointer = present.filter(p -> !p.isDeleted()).orElseThrow(() -> notFound(file));
        Release release =
                made(pointer.latest() + 1, pointer.stable(), new Text(text.bytes()), ReleaseKind.NORMAL, draft);
        List<GrayRule> rules = rule.laidInto(pointer.gray(), release.number());
        Pointer moved = pointer.with(pointer.stable(), release.number(), pointer.sha256(), rules, draft);
        return new FilePlan.Publish(
                guarded(
                        file,
                        present,
                        bound,
                        List.of(
                                Operation.Put.of(
                                        FileKeys.release(file, release.number()),
                                        new StoredRelease(release, bound.bindings()).encode()),
                                Operation.Put.of(FileKeys.pointer(file), moved.encode()))),
                release);
    }

    /** Changes who gets the release of a gray rule; the release stays. */
    public FilePlan regray(Coordinate file, Pointer pointer, GrayDraft rule, Bound also, Draft draft) {
        GrayRule present = rule(file, pointer, rule.name());
        return moved(
                file,
                pointer,
                pointer.stable(),
                pointer.sha256(),
                rule.laidInto(pointer.gray(), present.release()),
                also,
                draft);
    }

    /** Ends a gray rule: its instances get what they would get without it. */
    public FilePlan drop(Coordinate file, Pointer pointer, String rule, Bound also, Draft draft) {
        GrayRule gone = rule(file, pointer, rule);
        return moved(file, pointer, pointer.stable(), pointer.sha256(), without(pointer, gone), also, draft);
    }

    /** Makes the release of a gray rule the one that everybody gets, and ends the rule. */
    public FilePlan promote(Coordinate file, Pointer pointer, String rule, Release release, Bound also, Draft draft) {
        GrayRule gone = rule(file, pointer, rule);
        if (gone.release() != release.number()) throw new IllegalArgumentException("release: not that of the rule");
        return moved(file, pointer, release.number(), release.sha256(), without(pointer, gone), also, draft);
    }

    /** The rule of this name; fails with {@code NOT_FOUND}. */
    public static GrayRule rule(Coordinate file, Pointer pointer, String name) {
        return pointer.gray().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AttuneException(
                        ErrorCode.NOT_FOUND, "There is no gray rule of this name on " + file + "."));
    }

    private static List<GrayRule> without(Pointer pointer, GrayRule gone) {
        return pointer.gray().stream()
                .filter(each -> !each.name().equals(gone.name()))
                .toList();
    }

    private static FilePlan moved(
            Coordinate file,
            Pointer pointer,
            long stable,
            String sha256,
            List<GrayRule> rules,
            Bound also,
            Draft draft) {
        requireFree(file, pointer);
        Pointer moved = pointer.with(stable, pointer.latest(), sha256, rules, draft);
        return new FilePlan.Move(
                guarded(
                        file,
                        Optional.of(pointer),
                        also,
                        List.of(Operation.Put.of(FileKeys.pointer(file), moved.encode()))),
                stable);
    }

    /** Refuses a move of a file that a rollout moves; says which, and what to do. */
    public static void requireFree(Coordinate file, Pointer pointer) {
        Hold hold = pointer.hold();
        if (hold == null) return;
        throw new AttuneException(
                ErrorCode.FAILED_PRECONDITION,
                "Rollout " + hold.rollout() + " of " + file.environment() + " is moving " + file
                        + " (expected: wait for its end, or abort it: attune rollout abort "
                        + file.environment() + " " + hold.rollout() + ")");
    }

    /** The failure for a file that does not exist. */
    public static AttuneException notFound(Coordinate file) {
        return new AttuneException(ErrorCode.NOT_FOUND, "There is no file " + file + ".");
    }

    /**
     * Moves the pointer of a file that a rollout holds: to another stable release, to other instances, or out of the
     * rollout's hands; or takes a free file into them. Fails with {@code CONFLICT} when another rollout holds it.
     *
     * @param draft names the rollout
     */
    public FilePlan.Move moveHeld(Coordinate file, Pointer pointer, Placed placed, Bound also, Draft draft) {
        Hold present = pointer.hold();
        Hold owner = present == null ? placed.hold() : present;
        if (owner == null || owner.rollout() != draft.rollout())
            throw new AttuneException(
                    ErrorCode.CONFLICT, file + " is not held by rollout " + draft.rollout() + " any more.");
        Pointer moved = new Pointer(
                placed.stable(),
                pointer.latest(),
                placed.sha256(),
                draft.author(),
                draft.timeMillis(),
                0,
                // As with any deletion, no rule outlives the file.
                placed.stable() == 0 && placed.hold() == null ? List.of() : pointer.gray(),
                placed.hold());
        Operation put = Operation.Put.of(FileKeys.pointer(file), moved.encode());
        return new FilePlan.Move(guarded(file, Optional.of(pointer), also, List.of(put)), placed.stable());
    }

    /**
     * Where a rollout puts the pointer of a file.
     *
     * @param stable number of the release that is current for all, 0 for none
     * @param sha256 of its text; empty for none
     * @param hold how the rollout goes on holding the file; null when it lets it go
     */
    public record Placed(long stable, String sha256, @Nullable Hold hold) {}

    private static FilePlan release(
            Coordinate file, Optional<Pointer> present, Bytes text, Bound bound, ReleaseKind kind, Draft draft) {
        Text hashed = new Text(text);
        String sha256 = hashed.sha256();
        long stable = present.map(Pointer::stable).orElse(0L);
        boolean same = stable > 0 && present.orElseThrow().sha256().equals(sha256);
        // The same text with references may mean something new.
        if (same && bound.bindings().isEmpty()) return new FilePlan.Unchanged(stable);
        long number = present.map(Pointer::latest).orElse(0L) + 1;
        Release release = made(number, stable, hashed, kind, draft);
        List<GrayRule> gray = present.map(Pointer::gray).orElse(List.of());
        Pointer moved = new Pointer(number, number, sha256, draft.author(), draft.timeMillis(), 0, gray);
        if (draft.rollout() != 0) {
            String before = present.map(Pointer::sha256).orElse("");
            Hold hold = draft.rollout() == Draft.WAITING
                    ? present.map(Pointer::hold).orElse(null)
                    : Hold.of(draft.rollout(), number, stable);
            moved = new Pointer(stable, number, before, draft.author(), draft.timeMillis(), 0, gray, hold);
        }
        Bytes record = new StoredRelease(release, bound.bindings()).encode();
        List<Operation> puts = List.of(
                Operation.Put.of(FileKeys.release(file, number), record),
                Operation.Put.of(FileKeys.pointer(file), moved.encode()));
        return new FilePlan.Publish(guarded(file, present, bound, puts), release);
    }

    /** A text and its hash, which is computed once. */
    private record Text(Bytes bytes, String sha256) {
        Text(Bytes bytes) {
            this(bytes, Digests.sha256(bytes));
        }
    }

    private static Release made(long number, long parent, Text text, ReleaseKind kind, Draft draft) {
        return new Release(
                number,
                kind,
                draft.author(),
                draft.message(),
                draft.timeMillis(),
                0,
                parent,
                text.sha256(),
                Digests.md5(text.bytes()),
                text.bytes());
    }

    private static Operation.Txn guarded(
            Coordinate file, Optional<Pointer> present, Bound bound, List<Operation> then) {
        long revision = present.map(Pointer::revision).orElse(0L);
        Bytes key = FileKeys.pointer(file);
        List<Compare> compares = new ArrayList<>(bound.compares());
        compares.add(0, Compare.modRevisionIs(key, revision));
        List<Operation> all = new ArrayList<>(then);
        all.addAll(bound.operations());
        return new Operation.Txn(compares, all, List.of(Operation.Range.of(KeyRange.key(key))));
    }

    private static void checkBase(Coordinate file, Optional<Pointer> present, Draft draft) {
        if (draft.rollout() != Draft.WAITING) present.ifPresent(pointer -> requireFree(file, pointer));
        long stable = present.map(Pointer::stable).orElse(0L);
        if (draft.baseRelease() != Draft.ANY_BASE && draft.baseRelease() != stable)
            throw new AttuneException(
                    ErrorCode.CONFLICT,
                    "base release: " + draft.baseRelease() + " (current: " + (stable == 0 ? "no file" : stable) + ")");
    }
}
