package dev.attune.server.tuning;

import dev.attune.model.Bytes;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.Locale;

/**
 * Where tuning lies among the system keys; {@code n} has 19 digits, so that keys sort as numbers:
 *
 * <pre>
 * tune/term                                        the term of the leader that tunes
 * tune/source/{environment}/{application}/{cluster}/{file}   a file that holds policies
 * tune/switch[/{environment}[/{application}]]      a kill switch that is set
 * tune/pause/{environment}/{application}/{policy}  a policy that a person holds
 * tune/pin/{environment}/{application}/{key}       a key that a person keeps
 * tune/budget[/{environment}/{application}]        changes that are left
 * tune/profile/{environment}/{application}/{policy}  a model that was measured
 * tune/state/{environment}/{application}/{policy}  what a policy remembers
 * tuned/decision/{environment}/{application}/{policy}/{n}         a decision
 * tuned/outcome/{environment}/{application}/{policy}/{n}/{what}   what became of it
 * </pre>
 */
final class TuneKeys {
    private static final String SWITCH = "tune/switch";
    private static final String PIN = "tune/pin/";
    private static final String STATE = "tune/state/";
    private static final String DECISION = "tuned/decision/";
    private static final String OUTCOME = "tuned/outcome/";
    private static final int KEY_LENGTH_MAX = 512;

    private TuneKeys() {}

    static final Bytes TERM = SystemKeys.of("tune/term");

    /** Everything but decisions and outcomes: few and small, read as one. */
    static KeyRange all() {
        return KeyRange.prefix(SystemKeys.of("tune/"));
    }

    /** The switch of a place: of the cluster when the environment is empty, of an environment when the application is. */
    static Bytes killSwitch(String environment, String application) {
        String path = SWITCH;
        if (!environment.isEmpty()) path += "/" + Names.require("environment", environment);
        if (!application.isEmpty()) path += "/" + Names.require("application", application);
        return SystemKeys.of(path);
    }

    static KeyRange killSwitches() {
        return KeyRange.prefix(SystemKeys.of(SWITCH));
    }

    /** Where a switch holds, as people read it. */
    static String placeOfSwitch(Bytes key) {
        String path = key.toUtf8().substring(1 + SWITCH.length());
        return path.isEmpty() ? "cluster" : path.substring(1);
    }

    static Bytes pause(PolicyId policy) {
        return SystemKeys.of("tune/pause/" + policy);
    }

    static Bytes pin(String environment, String application, String key) {
        if (key.isEmpty() || key.length() > KEY_LENGTH_MAX)
            throw new IllegalArgumentException("key: " + key.length() + " characters (expected: 1..512)");
        return SystemKeys.of(PIN + Names.require("environment", environment) + "/"
                + Names.require("application", application) + "/" + key);
    }

    static KeyRange pins(String environment, String application) {
        return KeyRange.prefix(SystemKeys.of(PIN + Names.require("environment", environment) + "/"
                + Names.require("application", application) + "/"));
    }

    /** The key that a pin keeps. */
    static String pinned(Bytes key) {
        return key.toUtf8().split("/", 5)[4];
    }

    static Bytes clusterBudget() {
        return SystemKeys.of("tune/budget");
    }

    static Bytes budget(String environment, String application) {
        return SystemKeys.of("tune/budget/" + environment + "/" + application);
    }

    static Bytes profile(PolicyId policy) {
        return SystemKeys.of("tune/profile/" + policy);
    }

    static Bytes state(PolicyId policy) {
        return SystemKeys.of(STATE + policy);
    }

    static KeyRange states() {
        return KeyRange.prefix(SystemKeys.of(STATE));
    }

    /** The policy that a state is of. */
    static PolicyId ofState(Bytes key) {
        String[] parts = key.toUtf8().substring(1 + STATE.length()).split("/", -1);
        return new PolicyId(parts[0], parts[1], parts[2]);
    }

    static Bytes decision(PolicyId policy, long number) {
        return SystemKeys.of(DECISION + policy + "/" + digits(number));
    }

    /** Decisions with {@code from <= number < to}. */
    static KeyRange decisions(PolicyId policy, long from, long to) {
        return new KeyRange(decision(policy, from), decision(policy, to));
    }

    static Bytes outcome(PolicyId policy, long decision, OutcomeEntry.What what) {
        return SystemKeys.of(
                OUTCOME + policy + "/" + digits(decision) + "/" + what.name().toLowerCase(Locale.ROOT));
    }

    /** What became of decisions with {@code from <= number < to}. */
    static KeyRange outcomes(PolicyId policy, long from, long to) {
        return new KeyRange(
                SystemKeys.of(OUTCOME + policy + "/" + digits(from)),
                SystemKeys.of(OUTCOME + policy + "/" + digits(to)));
    }

    private static String digits(long number) {
        if (number < 0) throw new IllegalArgumentException("number: " + number + " (expected: >= 0)");
        return String.format(Locale.ROOT, "%019d", number);
    }
}
