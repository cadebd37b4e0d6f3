package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.ErrorCode;
import java.util.Optional;

/** Which membership changes make sense, and the configuration after one. */
final class ChangeRules {
    private ChangeRules() {}

    /**
     * Why a change is refused.
     *
     * @param lag how many chosen slots the member is not known to hold
     */
    static Optional<Fact.ChangeRefused> refusal(
            long id, MembershipChange change, Configuration now, long lag, CoreOptions options) {
        MemberId member = change.member();
        if (change instanceof MembershipChange.AddLearner || change instanceof MembershipChange.AddWitness)
            return now.contains(member)
                    ? refused(id, ErrorCode.ALREADY_EXISTS, "member " + member + " takes part")
                    : Optional.empty();
        if (!now.contains(member)) return refused(id, ErrorCode.NOT_FOUND, "member " + member + " does not take part");
        if (change instanceof MembershipChange.Promote) {
            if (now.isVoter(member))
                return refused(id, ErrorCode.ALREADY_EXISTS, "member " + member + " votes already");
            // A voter that lags would make every choice wait until it has caught up.
            return lag > options.windowSlots()
                    ? refused(
                            id,
                            ErrorCode.FAILED_PRECONDITION,
                            "member " + member + " lags " + lag + " entries (expected: <= " + options.windowSlots()
                                    + ")")
                    : Optional.empty();
        }
        boolean lastVoter = now.isVoter(member) && now.voters().size() == 1;
        return lastVoter
                ? refused(id, ErrorCode.FAILED_PRECONDITION, "member " + member + " is the last voter")
                : Optional.empty();
    }

    private static Optional<Fact.ChangeRefused> refused(long id, ErrorCode code, String reason) {
        return Optional.of(new Fact.ChangeRefused(id, code, reason));
    }

    /** The configuration after a change that is not refused; fails when it breaks a limit or leaves only witnesses. */
    static Configuration after(MembershipChange change, Configuration now) {
        MemberId member = change.member();
        if (change instanceof MembershipChange.AddLearner) return now.withLearner(member);
        if (change instanceof MembershipChange.AddWitness) return now.withWitness(member);
        if (change instanceof MembershipChange.Promote) return now.withVoter(member);
        return now.without(member);
    }
}
