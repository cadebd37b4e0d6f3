package dev.attune.consensus.paxos.message;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Configurations as bytes; the numbers of the quorum systems are stable on disk and wire. */
public final class ConfigurationCodec {
    private static final int MAJORITY = 0;
    private static final int WEIGHTED = 1;
    private static final int FLEXIBLE = 2;

    private ConfigurationCodec() {}

    /** The bytes that {@link #decode} takes; equal for equal configurations. */
    public static byte[] encode(Configuration configuration) {
        Encoder out = new Encoder().varint(configuration.number());
        QuorumSystem quorums = configuration.quorums();
        if (quorums instanceof QuorumSystem.Majority) {
            members(out.byteValue(MAJORITY), quorums.voters());
        } else if (quorums instanceof QuorumSystem.Weighted weighted) {
            members(out.byteValue(WEIGHTED), quorums.voters());
            weighted.weights().values().forEach(out::varint);
        } else if (quorums instanceof QuorumSystem.Flexible flexible) {
            members(out.byteValue(FLEXIBLE), quorums.voters());
            out.varint(flexible.electing()).varint(flexible.choosing());
        }
        members(out, configuration.witnesses());
        members(out, configuration.learners());
        return out.toArray();
    }

    private static void members(Encoder out, Collection<MemberId> members) {
        out.varint(members.size());
        for (MemberId member : members) out.text(member.value());
    }

    /** Refuses anything {@link #encode} would not have written, in particular quorums that might not meet. */
    public static Configuration decode(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        try {
            long number = in.varint();
            QuorumSystem quorums = quorums(in);
            Configuration configuration = new Configuration(number, quorums, members(in), members(in));
            in.expectEnd();
            return configuration;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("configuration: " + e.getMessage(), e);
        }
    }

    private static QuorumSystem quorums(Decoder in) {
        int form = in.varint(FLEXIBLE);
        SortedSet<MemberId> voters = members(in);
        if (form == MAJORITY) return new QuorumSystem.Majority(voters);
        if (form == FLEXIBLE)
            return new QuorumSystem.Flexible(
                    voters, in.varint(QuorumSystem.VOTERS_MAX), in.varint(QuorumSystem.VOTERS_MAX));
        SortedMap<MemberId, Integer> weights = new TreeMap<>();
        for (MemberId voter : voters) weights.put(voter, in.varint(QuorumSystem.Weighted.WEIGHT_MAX));
        return new QuorumSystem.Weighted(weights);
    }

    private static SortedSet<MemberId> members(Decoder in) {
        SortedSet<MemberId> members = new TreeSet<>();
        for (int left = in.count(2); left > 0; left--) members.add(new MemberId(in.text()));
        return members;
    }
}
