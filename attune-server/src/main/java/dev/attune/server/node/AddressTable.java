package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.server.cluster.Member;
import dev.attune.transport.AddressBook;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Where members are: told by the command line or the cluster that was joined, then by the records in the store. */
public final class AddressTable implements AddressBook {
    private final Map<MemberId, Member> members = new ConcurrentHashMap<>();

    /** Knows this member from now on; an empty API address leaves the known one. */
    public void learn(Member member) {
        members.merge(
                member.id(),
                member,
                (old, fresh) -> fresh.apiAddress().isEmpty()
                        ? new Member(fresh.id(), fresh.peerAddress(), old.apiAddress())
                        : fresh);
    }

    void forget(MemberId id) {
        members.remove(id);
    }

    List<Member> all() {
        return members.values().stream()
                .sorted(java.util.Comparator.comparing(Member::id))
                .toList();
    }

    @Override
    public Optional<InetSocketAddress> addressOf(MemberId member) {
        return Optional.ofNullable(members.get(member)).map(found -> {
            InetSocketAddress parsed = Member.parse(found.peerAddress());
            return new InetSocketAddress(parsed.getHostString(), parsed.getPort());
        });
    }
}
