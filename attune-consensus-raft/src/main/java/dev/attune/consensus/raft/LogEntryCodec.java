package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import dev.attune.consensus.MemberId;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.storage.log.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The library's entries as records of our log. A command's bytes are the payload as they are. */
final class LogEntryCodec {
    static final int NO_OP = 0;
    static final int COMMAND = 1;
    static final int MEMBERSHIP = LogRecord.SPECIAL_KIND;

    /** An entry without a command, which the state machine is not told of. */
    static final ByteBuffer NUDGE = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private LogEntryCodec() {}

    static LogRecord encode(LogEntry entry) {
        LogId id = entry.getId();
        return switch (entry.getType()) {
            case ENTRY_TYPE_DATA -> new LogRecord(id.getIndex(), id.getTerm(), COMMAND, bytes(entry.getData()));
            case ENTRY_TYPE_CONFIGURATION ->
                new LogRecord(id.getIndex(), id.getTerm(), MEMBERSHIP, encodeMembership(entry));
            case ENTRY_TYPE_NO_OP -> new LogRecord(id.getIndex(), id.getTerm(), NO_OP, new byte[0]);
            default -> throw new IllegalArgumentException("entry type: " + entry.getType());
        };
    }

    static LogEntry decode(LogRecord record) {
        LogEntry entry = new LogEntry(
                switch (record.kind()) {
                    case COMMAND -> EntryType.ENTRY_TYPE_DATA;
                    case MEMBERSHIP -> EntryType.ENTRY_TYPE_CONFIGURATION;
                    case NO_OP -> EntryType.ENTRY_TYPE_NO_OP;
                    default -> throw new MalformedException("record kind: " + record.kind() + " (expected: 0..2)");
                });
        entry.setId(new LogId(record.index(), record.term()));
        if (record.kind() == COMMAND) entry.setData(ByteBuffer.wrap(record.payload()));
        if (record.kind() == MEMBERSHIP) decodeMembership(record.payload(), entry);
        return entry;
    }

    /** What a buffer holds, without a copy when it is exactly one array. */
    static byte[] bytes(@Nullable ByteBuffer data) {
        if (data == null) return new byte[0];
        if (data.hasArray()
                && data.arrayOffset() == 0
                && data.position() == 0
                && data.remaining() == data.array().length) return data.array();
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return copy;
    }

    private static byte[] encodeMembership(LogEntry entry) {
        Encoder encoder = new Encoder();
        for (List<PeerId> peers : lists(entry)) {
            encoder.varint(peers.size());
            for (PeerId peer : peers) encoder.text(Peers.member(peer).value());
        }
        return encoder.toArray();
    }

    private static List<List<PeerId>> lists(LogEntry entry) {
        List<List<PeerId>> lists = new ArrayList<>();
        lists.add(orEmpty(entry.getPeers()));
        lists.add(orEmpty(entry.getOldPeers()));
        lists.add(orEmpty(entry.getLearners()));
        lists.add(orEmpty(entry.getOldLearners()));
        return lists;
    }

    private static List<PeerId> orEmpty(@Nullable List<PeerId> peers) {
        return peers == null ? List.of() : peers;
    }

    private static void decodeMembership(byte[] payload, LogEntry entry) {
        Decoder decoder = new Decoder(payload);
        entry.setPeers(peers(decoder));
        List<PeerId> old = peers(decoder);
        // The library takes an absent list, not an empty one, as the sign of a settled membership.
        if (!old.isEmpty()) entry.setOldPeers(old);
        List<PeerId> learners = peers(decoder);
        if (!learners.isEmpty()) entry.setLearners(learners);
        List<PeerId> oldLearners = peers(decoder);
        if (!oldLearners.isEmpty()) entry.setOldLearners(oldLearners);
        decoder.expectEnd();
    }

    private static List<PeerId> peers(Decoder decoder) {
        int count = decoder.count(2);
        List<PeerId> peers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) peers.add(Peers.of(new MemberId(decoder.text())));
        return peers;
    }
}
