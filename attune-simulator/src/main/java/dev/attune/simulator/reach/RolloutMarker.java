package dev.attune.simulator.reach;

/** States and faults of rollouts worth reaching. */
public enum RolloutMarker {
    COORDINATOR_DIED_IN_QUEUED("the coordinator died while a rollout waited"),
    COORDINATOR_DIED_IN_PENDING("the coordinator died while targets were written down"),
    COORDINATOR_DIED_IN_CAN_COMMIT("the coordinator died during the vote"),
    COORDINATOR_DIED_IN_PRE_COMMIT("the coordinator died before the decision"),
    COORDINATOR_DIED_IN_STAGE("the coordinator died during a stage"),
    COORDINATOR_DIED_IN_DO_COMMIT("the coordinator died after the decision"),
    COORDINATOR_DIED_IN_ABORTING("the coordinator died while a rollout was aborted"),
    COORDINATOR_DIED_IN_ROLLING_BACK("the coordinator died while a rollout was undone"),
    CONTINUED_BY_ANOTHER("a rollout was moved on by another server than before"),
    STALE_COORDINATOR_REFUSED("a coordinator's transaction found the record moved"),
    COMMITTED_ATOMIC("an atomic rollout was committed"),
    COMMITTED_PROGRESSIVE("a progressive rollout was committed"),
    COMMITTED_IMMEDIATE("an immediate rollout was committed"),
    COMMITTED_SEVERAL_FILES("a rollout of several files was committed"),
    COMMITTED_BY_SHARE("a rollout was committed although not everyone went along"),
    ABORTED_BY_REFUSAL("a rollout was aborted because somebody did not go along"),
    ABORTED_BY_COMMAND("a rollout was aborted before the switch because someone asked"),
    UNDONE_AFTER_SWITCH("a rollout was undone after everyone had switched"),
    UNDONE_IN_STAGE("a rollout was undone in one of its stages"),
    UNDONE_BY_VERDICT("a rollout was undone because of a verdict"),
    PAUSED_WITHOUT_VERDICT("a stage was paused for want of a verdict"),
    VERDICT_WITHOUT_NUMBER("a judge said something that rested on no number"),
    VERDICT_OF_ANOTHER_STEP("a judge spoke of a step that was over"),
    QUEUED_BEHIND_ANOTHER("a rollout waited for another of the same file"),
    COMMAND_CARRIED_OUT("a pause, resume, promotion or abort was carried out"),
    LATE_JOINER("an instance connected that no running rollout targets"),
    COUNTED_LOST("a target was counted as lost"),
    LOST_RETURNED("a target that was counted as lost connected again"),
    CUT_OFF_PREPARED("an instance was cut off while it held a value durably"),
    CUT_OFF_KEPT_OLD("an instance that was cut off kept the old value after the switch"),
    LATE_COMMIT_LEARNED("an instance that was cut off learnt the decision on its return"),
    STAGED_SURVIVED_RESTART("a value held durably survived the process"),
    STAGED_LOST("an instance that had prepared lost its disk"),
    DIED_BEFORE_VOTE("an instance died before it voted"),
    DIED_AFTER_VOTE("an instance died after it had voted, before that was said"),
    DIED_WHILE_STAGING("an instance died while it held the value"),
    DIED_WHILE_APPLYING("an instance died at the switch"),
    CAME_BACK_AS_ANOTHER("an instance came back under another id"),
    ASKED_TO_VOTE_AGAIN("an instance was asked for its vote again before it was to hold the value"),
    VOTE_TAKEN_BACK("an instance said yes and then no"),
    LATE_ANSWER_REFUSED("an answer of a step that was over was refused"),
    WRITE_OVERTAKEN("an answer's write found the record or the state moved"),
    SILENT("an instance did not answer"),
    LATE_VOTER("an instance answered very late");

    private final String meaning;

    RolloutMarker(String meaning) {
        this.meaning = meaning;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }
}
