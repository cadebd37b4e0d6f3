package dev.attune.tuning.decision;

import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import java.util.List;

/**
 * What a policy says about a key that several policies act on (tuning §3.1, conflicts and guard 6).
 *
 * @param policy its name
 * @param acts whether it may change the key by itself or after an approval; others only show what they would do
 * @param priority the greatest owns the key; of equal ones the first by name
 * @param safest whether it leaves the key to the safest wish
 * @param wish what it wanted last; the value in force when it wants nothing; empty when it did not say yet
 */
public record Claim(String policy, boolean acts, int priority, boolean safest, Setting wish) {
    /**
     * Why this policy may not set the key to its own wish now; empty when it may.
     *
     * @param others the claims of the other policies on the same key
     * @param relief the safe direction of the key
     */
    public String against(List<Claim> others, KeyRange.Relief relief) {
        for (Claim other : others) {
            if (!other.acts || other.policy.equals(policy)) continue;
            if (safest && other.safest) {
                if (other.saferThan(wish, relief)) return other.policy + ", which wants " + other.wish.text();
            } else if (other.owns(this)) {
                return other.policy;
            }
        }
        return "";
    }

    /** A policy that shares comes after one that does not; else the greater priority, else the name decides. */
    private boolean owns(Claim other) {
        if (safest != other.safest) return !safest;
        if (priority != other.priority) return priority > other.priority;
        return policy.compareTo(other.policy) < 0;
    }

    private boolean saferThan(Setting to, KeyRange.Relief relief) {
        if (!wish.isNumber() || !to.isNumber()) return false;
        return relief.sign() < 0 ? wish.number() < to.number() : relief.sign() > 0 && wish.number() > to.number();
    }
}
