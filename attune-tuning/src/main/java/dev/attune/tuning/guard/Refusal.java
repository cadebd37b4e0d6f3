package dev.attune.tuning.guard;

/** Why a change was refused or altered; names are stable and stand in records, metrics and answers. */
public enum Refusal {
    /** Automation is switched off, here or above. */
    KILLED("automation is switched off"),
    /** A person keeps the value. */
    PINNED("the key is pinned"),
    /** No changes at this time. */
    FROZEN("changes are frozen"),
    /** Too little is known. */
    NO_DATA("too little is known"),
    /** Something is in progress on the application. */
    BUSY("another change is in progress"),
    /** Another policy owns the key. */
    CONFLICT("another policy owns the key"),
    /** Not worth a change. */
    TOO_SMALL("the change is too small"),
    /** A safer value was wanted a short while ago. */
    STABILIZING("a safer value was wanted a short while ago"),
    /** Too soon after the change before. */
    COOLDOWN("it is too soon after the last change"),
    /** Brought within bounds; the change goes on. */
    CLAMPED("it was brought within bounds"),
    /** Too many changes this hour. */
    BUDGET("the budget of changes is used up"),
    /** The value was tried and rolled back. */
    QUARANTINE("the value was tried and rolled back"),
    /** The key does not limit anything now, so changing it cannot help. */
    NOT_BINDING("the key does not limit anything now"),
    /** Too many automatic changes in flight. */
    BLAST("too many automatic changes are in flight"),
    /** The policy itself is no longer trusted. */
    TRIPPED("the policy's model is no longer trusted"),
    /** Not all instances have the last change yet. */
    UNACKNOWLEDGED("not all instances have the last change");

    private final String words;

    Refusal(String words) {
        this.words = words;
    }

    /** For a sentence: "... because {words}". */
    public String words() {
        return words;
    }
}
