package dev.attune.tuning.verdict;

/**
 * What one guard says: a tile of the rollout's page.
 *
 * @param guard its name
 * @param verdict what it says
 * @param change the relative change on the canaries, 0.1 for 10 % more; of plain values the difference; not a number
 *     while unknown
 * @param lower the change's lower bound, valid at any time; not a number for counts
 * @param upper its upper bound
 * @param evidence the logarithm of the likelihood ratio for a change beyond the margin
 * @param points how many points it rests on
 * @param reason in words
 */
public record GuardVerdict(
        String guard,
        Verdict verdict,
        double change,
        double lower,
        double upper,
        double evidence,
        int points,
        String reason) {}
