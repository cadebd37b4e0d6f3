package dev.attune.e2e.guarded;

import java.util.Locale;

/**
 * What became of one guarded release.
 *
 * @param fault what was wrong with it
 * @param application whose instances got it
 * @param rollout its number
 * @param end the phase in which it ended; {@code PAUSED} when a person was asked
 * @param guard which guard objected; empty when none did
 * @param reason why it ended so
 * @param verdictSeconds from its start to the verdict; not a number without one
 * @param backSeconds from its start until all instances had the release that stayed
 * @param requests how many requests its fleet answered meanwhile
 * @param failed how many of them with a failure
 */
public record Trial(
        Fault fault,
        String application,
        long rollout,
        String end,
        String guard,
        String reason,
        double verdictSeconds,
        double backSeconds,
        long requests,
        long failed) {
    /** Whether a harmless release was kept, and another was taken back by itself. */
    public boolean isRight() {
        return end.equals(fault == Fault.NONE ? "COMMITTED" : "ROLLED_BACK");
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-9s %-8s %-11s %-11s verdict %5.1f s, everywhere %5.1f s, %d of %d requests failed%s",
                fault,
                application,
                end,
                guard,
                verdictSeconds,
                backSeconds,
                failed,
                requests,
                isRight() ? "" : "  UNEXPECTED: " + reason);
    }
}
