package dev.attune.tuning.guard;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;

/**
 * What the guards need to know that is not the policy's own. The server gathers it; every text is empty when there is
 * nothing.
 *
 * @param killed where automation is switched off: cluster, namespace, application or policy, and by whom
 * @param pinned why and until when a person keeps the key
 * @param frozen why changes are frozen now
 * @param busy what is in progress on the application
 * @param owner another policy that owns the key
 * @param binding whether the key limits anything now
 * @param changesInFlight of the application
 * @param changesInFlightCluster of all applications
 * @param application the application's budget of changes
 * @param cluster the cluster's
 */
public record GuardFacts(
        String killed,
        String pinned,
        String frozen,
        String busy,
        String owner,
        Binding binding,
        int changesInFlight,
        int changesInFlightCluster,
        Budget application,
        Budget cluster) {
    /** Whether the key limits anything. */
    public enum Binding {
        YES,
        NO,
        /** The policy does not ask. */
        NOT_ASKED,
        /** It asks, but there was no answer. */
        UNKNOWN
    }

    /** Nothing speaks against a change; budgets of 20 and 60 an hour. */
    public static GuardFacts none(long nowMillis) {
        return new GuardFacts(
                "", "", "", "", "", Binding.NOT_ASKED, 0, 0, Budget.full(20, nowMillis), Budget.full(60, nowMillis));
    }

    /** The same with a kill switch, a pin or a freeze. */
    public GuardFacts held(String killedBy, String pinnedBy, String frozenBy) {
        return new GuardFacts(
                killedBy,
                pinnedBy,
                frozenBy,
                busy,
                owner,
                binding,
                changesInFlight,
                changesInFlightCluster,
                application,
                cluster);
    }

    /** The same with an answer about binding. */
    public GuardFacts binding(Binding answer) {
        return new GuardFacts(
                killed,
                pinned,
                frozen,
                busy,
                owner,
                answer,
                changesInFlight,
                changesInFlightCluster,
                application,
                cluster);
    }

    /** The same with other changes around. */
    public GuardFacts amid(String inProgress, String ownedBy, int inFlight, int inFlightCluster) {
        return new GuardFacts(
                killed, pinned, frozen, inProgress, ownedBy, binding, inFlight, inFlightCluster, application, cluster);
    }

    /** The same with other budgets. */
    public GuardFacts budgets(Budget ofApplication, Budget ofCluster) {
        return new GuardFacts(
                killed,
                pinned,
                frozen,
                busy,
                owner,
                binding,
                changesInFlight,
                changesInFlightCluster,
                ofApplication,
                ofCluster);
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.text(killed).text(pinned).text(frozen).text(busy).text(owner).varint(binding.ordinal());
        out.varint(changesInFlight).varint(changesInFlightCluster);
        application.write(out);
        cluster.write(out);
    }

    /** Reads what {@link #write} wrote. */
    public static GuardFacts read(Decoder in) {
        return new GuardFacts(
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.enumValue(Binding.values()),
                in.varint(Integer.MAX_VALUE),
                in.varint(Integer.MAX_VALUE),
                Budget.read(in),
                Budget.read(in));
    }
}
