package dev.attune.server.cluster;

import dev.attune.consensus.LogStatus;
import java.util.List;

/**
 * What one node knows of its cluster at one moment.
 *
 * @param clusterId identity of the data, told to clients so that they notice another cluster (S5); empty before the
 *     cluster was initialised
 * @param networkId what members name each other before they talk
 * @param log this node's view of the log
 * @param revision this node's newest revision
 * @param stateHash hash of this node's state, equal on all members at the same applied index (G8)
 * @param members every member's addresses, as far as known
 * @param alarms what needs an operator; empty when nothing does
 */
public record ClusterStatus(
        String clusterId,
        String networkId,
        LogStatus log,
        long revision,
        String stateHash,
        List<Member> members,
        List<String> alarms) {
    public ClusterStatus {
        members = List.copyOf(members);
        alarms = List.copyOf(alarms);
    }
}
