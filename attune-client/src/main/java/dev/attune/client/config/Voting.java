package dev.attune.client.config;

import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The guards and participants of one subscription, asked and told one after the other. */
final class Voting {
    private static final System.Logger LOG = System.getLogger(Voting.class.getName());

    private final CopyOnWriteArrayList<ConfigGuard> guards = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Taking> participants = new CopyOnWriteArrayList<>();

    /**
     * A participant, by identity: the same may be added twice.
     *
     * @param since the revision in force when it was added: what brought that is no change to it
     */
    private record Taking(ConfigParticipant participant, long since, Object identity) {}

    Config.Registration add(ConfigGuard guard) {
        guards.add(guard);
        return () -> guards.remove(guard);
    }

    /** @param inForce the revision in force, the arrival of which may still be on its way to the listener thread */
    Config.Registration add(ConfigParticipant participant, long inForce) {
        Taking one = new Taking(participant, inForce, new Object());
        participants.add(one);
        return () -> participants.remove(one);
    }

    /** Whether there is anybody to ask. */
    boolean isEmpty() {
        return guards.isEmpty() && participants.isEmpty();
    }

    /** The first reason against the change; empty when all agree. */
    String ask(ConfigChange change) {
        for (ConfigGuard each : guards) {
            String reason = reasonOf(() -> each.veto(change));
            if (!reason.isEmpty()) return reason;
        }
        for (Taking each : participants) {
            String reason = reasonOf(() -> each.participant().prepare(change));
            if (!reason.isEmpty()) return reason;
        }
        return "";
    }

    private static String reasonOf(java.util.function.Supplier<Optional<String>> ask) {
        try {
            return ask.get().orElse("");
        } catch (RuntimeException e) {
            // A check that fails must not let through what it was to check.
            return text(e);
        }
    }

    private static String text(RuntimeException e) {
        String message = e.getMessage();
        return message == null || message.isEmpty() ? e.getClass().getName() : message;
    }

    /**
     * Tells that the change is in force; all are told, whatever one of them throws.
     *
     * @param back whether it undoes a rollout
     * @return the first failure; empty for none
     */
    String apply(ConfigChange change, boolean back) {
        String failure = "";
        for (Taking each : participants) {
            if (change.after().revision() <= each.since()) continue;
            try {
                if (back) each.participant().revert(change);
                else each.participant().apply(change);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a configuration participant failed to apply a change", e);
                if (failure.isEmpty()) failure = text(e);
            }
        }
        return failure;
    }

    /** Tells that what was prepared will not come. */
    void abort(ConfigChange change) {
        for (Taking each : participants) {
            try {
                each.participant().abort(change);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a configuration participant failed to abort a change", e);
            }
        }
    }
}
