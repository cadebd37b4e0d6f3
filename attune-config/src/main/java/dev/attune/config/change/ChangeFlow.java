package dev.attune.config.change;

import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The steps of a change: {@code DRAFT → REVIEW → APPROVED → RELEASED}, or {@code REJECTED} from anywhere before. On its
 * way by a rollout it is {@code RELEASING}, and {@code APPROVED} again when the rollout does not commit. Each step returns the change after it, or fails with what is expected instead.
 */
public final class ChangeFlow {
    private final EnvironmentSettings rules;

    public ChangeFlow(EnvironmentSettings rules) {
        this.rules = rules;
    }

    /** Asks for approval; a change that needs none is approved at once. */
    public Change submit(Change change) {
        require(change, "submitted", Set.of(ChangeState.DRAFT));
        ChangeState next = rules.approvals() == 0 ? ChangeState.APPROVED : ChangeState.REVIEW;
        return change.in(next, List.of(), 0, "");
    }

    /** Approves; the author's approval does not count where the environment asks for others. */
    public Change approve(Change change, String who) {
        require(change, "approved", Set.of(ChangeState.REVIEW));
        if (rules.approvals() > 0 && who.equals(change.author()))
            throw new AttuneException(
                    ErrorCode.PERMISSION_DENIED, "The author may not approve this change (needed: somebody else).");
        if (change.approvers().contains(who))
            throw new AttuneException(ErrorCode.FAILED_PRECONDITION, who + " has approved this change already.");
        List<String> approvers = new ArrayList<>(change.approvers());
        approvers.add(who);
        boolean enough = approvers.size() >= rules.approvals();
        return change.in(enough ? ChangeState.APPROVED : ChangeState.REVIEW, approvers, 0, "");
    }

    /** Gives it up. */
    public Change reject(Change change, String why) {
        require(change, "rejected", Set.of(ChangeState.DRAFT, ChangeState.REVIEW, ChangeState.APPROVED));
        return change.in(ChangeState.REJECTED, change.approvers(), 0, why);
    }

    /** Takes it back to be written again; approvals are lost, because what was approved may change. */
    public Change reopen(Change change) {
        require(change, "reopened", Set.of(ChangeState.REVIEW, ChangeState.APPROVED));
        return change.in(ChangeState.DRAFT, List.of(), 0, "");
    }

    /** Returns when its edits may be replaced. */
    public void requireOpen(Change change) {
        require(change, "edited", Set.of(ChangeState.DRAFT));
    }

    /** Plans its release, or with 0 plans none. */
    public Change schedule(Change change, long dueMillis) {
        require(change, "scheduled", Set.of(ChangeState.APPROVED));
        requireApproved(change);
        return change.in(ChangeState.APPROVED, change.approvers(), dueMillis, "");
    }

    /** A planned release that could not be made: it stays approved and says why. */
    public Change missed(Change change, String why) {
        return change.in(change.state(), change.approvers(), 0, why);
    }

    /** Returns when it may be released now. */
    public void requireReleasable(Change change, long nowMillis) {
        require(change, "released", Set.of(ChangeState.APPROVED));
        requireApproved(change);
        rules.requireThawed(nowMillis);
    }

    // The environment may have asked for more since it was approved.
    private void requireApproved(Change change) {
        if (change.approvers().size() < rules.approvals())
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "approvals: " + change.approvers().size() + " (needed: " + rules.approvals()
                            + "; reopen and submit it again)");
    }

    /** A rollout begins to bring it. */
    public Change releasing(Change change, long rollout, long nowMillis) {
        requireReleasable(change, nowMillis);
        return change.in(ChangeState.RELEASING, change.approvers(), 0, "rollout " + rollout + " brings it");
    }

    /** The rollout that was to bring it did not; {@code why} says which and what happened. */
    public static Change notBrought(Change change, String why) {
        require(change, "given back", Set.of(ChangeState.RELEASING));
        return change.in(ChangeState.APPROVED, change.approvers(), 0, why);
    }

    /** The change once it was released. */
    public static Change released(Change change, List<Change.Result> results) {
        return new Change(
                change.id(),
                ChangeState.RELEASED,
                change.author(),
                change.message(),
                change.createdMillis(),
                change.edits(),
                change.approvers(),
                0,
                "",
                results);
    }

    /** Returns when it may be rolled back. */
    public void requireReleased(Change change) {
        require(change, "rolled back", Set.of(ChangeState.RELEASED));
    }

    private static void require(Change change, String what, Set<ChangeState> states) {
        if (!states.contains(change.state()))
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "A change that is " + change.state() + " cannot be " + what + " (needed: "
                            + states.stream().sorted().toList() + ").");
    }
}
