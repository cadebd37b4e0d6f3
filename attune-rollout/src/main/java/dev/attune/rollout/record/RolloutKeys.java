package dev.attune.rollout.record;

import dev.attune.model.Bytes;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.Locale;
import java.util.Optional;

/**
 * Where rollouts lie among the system keys; {@code n} has 19 digits, so that keys sort as numbers:
 *
 * <pre>
 * rollout/{environment}/count                                  number of the newest rollout
 * rollout/{environment}/record/{n}                             the record
 * rollout/{environment}/instance/{n}/{application}/{id}        one targeted instance
 * rollout/{environment}/verdict/{n}                            what a judge says
 * rollout/{environment}/guards/{n}                             the text of what its judge looks at
 * rollout/{environment}/evidence/{n}/{step}                    what the judge saw last in a step
 * </pre>
 */
public final class RolloutKeys {
    private static final String ROOT = "rollout/";

    private RolloutKeys() {}

    /** Holds the number of the newest rollout. */
    public static Bytes count(String environment) {
        return SystemKeys.of(folder(environment) + "count");
    }

    public static Bytes record(String environment, long number) {
        return SystemKeys.of(folder(environment) + "record/" + digits(number));
    }

    public static Bytes instance(String environment, long number, InstanceRef instance) {
        return SystemKeys.of(folder(environment) + "instance/" + digits(number) + "/" + instance.application() + "/"
                + instance.id());
    }

    public static Bytes verdict(String environment, long number) {
        return SystemKeys.of(folder(environment) + "verdict/" + digits(number));
    }

    /** Holds the text of the guards by which a rollout is judged. */
    public static Bytes guards(String environment, long number) {
        return SystemKeys.of(folder(environment) + "guards/" + digits(number));
    }

    /** Holds what was seen of a stage, as JSON. */
    public static Bytes evidence(String environment, long number, long step) {
        return SystemKeys.of(folder(environment) + "evidence/" + digits(number) + "/" + digits(step));
    }

    /** All evidence of a rollout, by step. */
    public static KeyRange evidence(String environment, long number) {
        return KeyRange.prefix(SystemKeys.of(folder(environment) + "evidence/" + digits(number) + "/"));
    }

    /** The records of an environment, oldest first. */
    public static KeyRange records(String environment) {
        return KeyRange.prefix(SystemKeys.of(folder(environment) + "record/"));
    }

    /** The targets of a rollout. */
    public static KeyRange instances(String environment, long number) {
        return KeyRange.prefix(SystemKeys.of(folder(environment) + "instance/" + digits(number) + "/"));
    }

    /** Everything of every rollout, for watching. */
    public static KeyRange all() {
        return KeyRange.prefix(SystemKeys.of(ROOT));
    }

    /** What a key is about; nothing for a key of another layout and for a count. */
    public static Optional<Address> parse(Bytes key) {
        String[] parts = key.toUtf8().split("/", -1);
        if (parts.length < 4 || !parts[0].equals("\0rollout")) return Optional.empty();
        try {
            String environment = Names.require("environment", parts[1]);
            long number = Long.parseLong(parts[3]);
            if (parts.length == 4 && parts[2].equals("record"))
                return Optional.of(new Address.OfRecord(environment, number));
            if (parts.length == 4 && parts[2].equals("verdict"))
                return Optional.of(new Address.OfVerdict(environment, number));
            if (parts.length == 6 && parts[2].equals("instance"))
                return Optional.of(new Address.OfInstance(environment, number, new InstanceRef(parts[4], parts[5])));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What a key is about. */
    public sealed interface Address {
        String environment();

        long number();

        /** A rollout's record. */
        record OfRecord(String environment, long number) implements Address {}

        /** What a judge says of a rollout. */
        record OfVerdict(String environment, long number) implements Address {}

        /** One target of a rollout. */
        record OfInstance(String environment, long number, InstanceRef instance) implements Address {}
    }

    private static String folder(String environment) {
        return ROOT + Names.require("environment", environment) + "/";
    }

    private static String digits(long number) {
        if (number < 1) throw new IllegalArgumentException("number: " + number + " (expected: >= 1)");
        return String.format(Locale.ROOT, "%019d", number);
    }
}
