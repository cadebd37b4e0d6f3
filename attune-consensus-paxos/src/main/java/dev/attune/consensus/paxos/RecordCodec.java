package dev.attune.consensus.paxos;

import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import dev.attune.storage.log.LogRecord;
import java.nio.charset.StandardCharsets;

/**
 * Entries and registers as they lie in the durable log. A record's term is the ballot's round, its kind the entry's,
 * and its payload the ballot's owner before the value.
 */
final class RecordCodec {
    private static final Entry.Kind[] KINDS = Entry.Kind.values();

    private RecordCodec() {}

    static LogRecord encode(Entry entry) {
        byte[] owner = entry.ballot().owner().getBytes(StandardCharsets.US_ASCII);
        byte[] payload = new byte[1 + owner.length + entry.value().length];
        payload[0] = (byte) owner.length;
        System.arraycopy(owner, 0, payload, 1, owner.length);
        System.arraycopy(entry.value(), 0, payload, 1 + owner.length, entry.value().length);
        return new LogRecord(entry.slot(), entry.ballot().round(), entry.kind().ordinal(), payload);
    }

    static Entry decode(LogRecord record) {
        if (record.kind() >= KINDS.length) throw new MalformedException("record kind: " + record.kind());
        Decoder in = new Decoder(record.payload());
        String owner = in.text();
        return new Entry(record.index(), new Ballot(record.term(), owner), KINDS[record.kind()], in.rest());
    }

    static byte[] ballot(Ballot ballot) {
        return new Encoder().fixed64(ballot.round()).text(ballot.owner()).toArray();
    }

    static Ballot ballot(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        Ballot ballot = new Ballot(in.fixed64(), in.text());
        in.expectEnd();
        return ballot;
    }

    static byte[] slot(long slot) {
        return new Encoder().fixed64(slot).toArray();
    }

    static long slot(byte[] bytes) {
        return new Decoder(bytes).fixed64();
    }

    static byte[] base(long slot, Configuration configuration) {
        return new Encoder()
                .fixed64(slot)
                .bytes(ConfigurationCodec.encode(configuration))
                .toArray();
    }

    static Base base(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        return new Base(in.fixed64(), ConfigurationCodec.decode(in.byteArray()));
    }

    /** Where a log begins that has no snapshot before it. */
    record Base(long slot, Configuration configuration) {}
}
