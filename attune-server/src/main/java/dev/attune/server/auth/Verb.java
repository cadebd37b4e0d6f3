package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.Locale;

/** What may be done to files. Every verb but {@link #READ_SECRET} and {@link #REPORT} includes seeing them. */
public enum Verb {
    /** See texts, keys, history and who is connected; secret values are masked. */
    READ,
    /** See secret values in the clear, as instances need them. */
    READ_SECRET,
    /** Send what instances measure and log: such signals may move values. */
    REPORT,
    /** Write drafts of changes. */
    EDIT,
    /** Make releases. */
    RELEASE,
    /** Approve or reject the changes of others. */
    APPROVE,
    /** Return to earlier releases. */
    ROLLBACK,
    /** Everything, and the rules of an environment. */
    ADMIN;

    /** The word of the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The verb of a word of the API; fails with {@code INVALID_ARGUMENT}. */
    public static Verb parse(String word) {
        for (Verb verb : values()) if (verb.word().equals(word)) return verb;
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT,
                "verb: unknown (expected: read, read-secret, report, edit, release, approve, rollback or admin)");
    }
}
