package dev.attune.server.auth;

import java.util.EnumSet;
import java.util.Set;

/**
 * Some verbs on some files. Patterns match whole names; {@code *} stands for any characters.
 *
 * @param environment pattern of environments
 * @param application pattern of applications
 * @param file pattern of files
 */
public record Grant(String environment, String application, String file, Set<Verb> verbs) {
    private static final int PATTERN_MAX = 128;
    private static final String ANY = "*";

    public Grant {
        for (String pattern : new String[] {environment, application, file})
            if (pattern.isEmpty() || pattern.length() > PATTERN_MAX)
                throw new IllegalArgumentException("pattern: " + pattern.length() + " characters (expected: 1..128)");
        if (verbs.isEmpty()) throw new IllegalArgumentException("verbs: none (expected: at least one)");
        verbs = java.util.Collections.unmodifiableSet(EnumSet.copyOf(verbs));
    }

    /** Some verbs on everything. */
    public static Grant everywhere(Set<Verb> verbs) {
        return new Grant(ANY, ANY, ANY, verbs);
    }

    boolean includes(Verb verb) {
        if (verbs.contains(verb) || verbs.contains(Verb.ADMIN)) return true;
        return verb == Verb.READ && verbs.stream().anyMatch(each -> each != Verb.READ_SECRET && each != Verb.REPORT);
    }

    /** Whether it covers this file; an empty name asks whether it covers any. */
    boolean covers(String env, String app, String name) {
        return (env.isEmpty() || matches(environment, env))
                && (app.isEmpty() || matches(application, app))
                && (name.isEmpty() || matches(file, name));
    }

    /** Whether it covers everything in the environment. */
    boolean coversAllOf(String env) {
        return matches(environment, env) && application.equals(ANY) && file.equals(ANY);
    }

    /** Whether it covers every file of the application. */
    boolean coversAllOf(String env, String app) {
        return matches(environment, env) && matches(application, app) && file.equals(ANY);
    }

    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }
}
