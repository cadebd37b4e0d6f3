package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;

/** What a principal may do to files. What it may not even see looks as if it did not exist. */
public record Rights(List<Grant> grants) {
    /** Nothing. */
    public static final Rights NONE = new Rights(List.of());

    private static final Rights READER = new Rights(List.of(Grant.everywhere(EnumSet.of(Verb.READ))));
    private static final Rights PUBLISHER = new Rights(List.of(Grant.everywhere(
            EnumSet.of(Verb.READ, Verb.REPORT, Verb.EDIT, Verb.RELEASE, Verb.APPROVE, Verb.ROLLBACK))));
    private static final Rights ADMIN = new Rights(List.of(Grant.everywhere(EnumSet.allOf(Verb.class))));

    public Rights {
        grants = List.copyOf(grants);
    }

    /** Those of a role that is not scoped. */
    static Rights of(Role role) {
        return switch (role) {
            case READER -> READER;
            case PUBLISHER -> PUBLISHER;
            case ADMIN -> ADMIN;
            case SCOPED -> NONE;
        };
    }

    /** Only what concerns secret values, so that holders who see the same compare equal. */
    public Rights ofSecrets() {
        return new Rights(
                grants.stream().filter(each -> each.includes(Verb.READ_SECRET)).toList());
    }

    Rights with(Collection<Grant> more) {
        List<Grant> all = new ArrayList<>(grants);
        all.addAll(more);
        return new Rights(all);
    }

    /** Whether this may be done to the file; an empty application or file asks whether it may to any. */
    public boolean allows(Verb verb, String environment, String application, String file) {
        for (Grant each : grants) {
            // The rules of an environment concern everything in it.
            boolean covered = verb == Verb.ADMIN && application.isEmpty()
                    ? each.coversAllOf(environment)
                    : each.covers(environment, application, file);
            if (covered && each.includes(verb)) return true;
        }
        return false;
    }

    public boolean allows(Verb verb, Coordinate file) {
        return allows(verb, file.environment(), file.application(), file.file());
    }

    /** Whether anything in the environment may be seen. */
    public boolean sees(String environment) {
        return allows(Verb.READ, environment, "", "");
    }

    /** Whether this may be done to every file of the application, those included that do not exist yet. */
    public boolean allowsAll(Verb verb, String environment, String application) {
        return grants.stream().anyMatch(each -> each.coversAllOf(environment, application) && each.includes(verb));
    }

    /**
     * Returns when each verb is allowed.
     *
     * @throws AttuneException {@code NOT_FOUND} for what may not be seen, {@code PERMISSION_DENIED} for what may
     */
    public void require(Collection<Verb> verbs, String environment, String application, String file) {
        for (Verb verb : verbs) {
            if (allows(verb, environment, application, file)) continue;
            if (!allows(Verb.READ, environment, application, file)) throw absent();
            throw new AttuneException(
                    ErrorCode.PERMISSION_DENIED, "This token may not do this here (needed: " + verb.word() + ").");
        }
    }

    public void require(Verb verb, Coordinate file) {
        require(List.of(verb), file.environment(), file.application(), file.file());
    }

    /** Returns when all of these files may be seen, or, when none is named, every file of the application. */
    public void requireReadable(String environment, String application, Collection<String> files) {
        if (files.isEmpty() && !allowsAll(Verb.READ, environment, application)) {
            if (!allows(Verb.READ, environment, application, "")) throw absent();
            throw new AttuneException(
                    ErrorCode.PERMISSION_DENIED,
                    "This token may not see every file of the application (expected: name those that it may).");
        }
        for (String file : files) require(List.of(Verb.READ), environment, application, file);
    }

    /** The failure for what may not be seen: the same as for what is not there. */
    public static AttuneException absent() {
        return new AttuneException(ErrorCode.NOT_FOUND, "There is nothing here that this token may see.");
    }
}
