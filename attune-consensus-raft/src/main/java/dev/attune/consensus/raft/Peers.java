package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Endpoint;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Members as the library names them: the member id stands where it expects a host, with a fixed port, so that names
 * never change with addresses. Our transport does the resolving.
 */
final class Peers {
    private static final int PORT = 1;

    private Peers() {}

    static PeerId of(MemberId member) {
        return new PeerId(member.value(), PORT);
    }

    static Endpoint endpoint(MemberId member) {
        return new Endpoint(member.value(), PORT);
    }

    static MemberId member(PeerId peer) {
        return new MemberId(peer.getIp());
    }

    static MemberId member(Endpoint endpoint) {
        return new MemberId(endpoint.getIp());
    }

    static Configuration configuration(Membership membership) {
        Configuration configuration = new Configuration();
        for (MemberId voter : membership.voters()) configuration.addPeer(of(voter));
        for (MemberId learner : membership.learners()) configuration.addLearner(of(learner));
        return configuration;
    }

    static Membership membership(@Nullable Collection<PeerId> voters, @Nullable Collection<PeerId> learners) {
        return new Membership(members(voters), members(learners));
    }

    private static SortedSet<MemberId> members(@Nullable Collection<PeerId> peers) {
        SortedSet<MemberId> members = new TreeSet<>();
        if (peers != null) for (PeerId peer : peers) members.add(member(peer));
        return members;
    }
}
