package dev.attune.consensus.paxos.message;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Messages as bytes: one byte for the kind, then its fields. The kinds are wire-stable. Every number and length is
 * checked before anything is allocated.
 */
public final class MessageCodec {
    /** The lowest byte that is not the kind of a message. */
    public static final int KINDS_END = 16;

    private static final Entry.Kind[] ENTRY_KINDS = Entry.Kind.values();
    // Slots and rounds beyond are refused, so that sums never overflow.
    private static final long NUMBER_MAX = 1L << 60;

    private MessageCodec() {}

    /** The bytes that {@link #decode} takes. */
    public static byte[] encode(Message message) {
        Encoder out = new Encoder(sizeHint(message));
        if (message instanceof Message.Accept accept) accept(out, accept);
        else if (message instanceof Message.Accepted accepted)
            ballot(out.byteValue(6), accepted.ballot())
                    .varint(accepted.held())
                    .varint(accepted.settled())
                    .bool(accepted.vote());
        else if (message instanceof Message.Heard heard)
            ballot(out.byteValue(7), heard.ballot()).varint(heard.seq());
        else if (message instanceof Message.Missing missing)
            ballot(out.byteValue(8), missing.ballot()).varint(missing.seq()).varint(missing.expected());
        else if (message instanceof Message.Learn learn)
            entries(out.byteValue(11), learn.entries()).varint(learn.chosen());
        else if (message instanceof Message.Fetch fetch) out.byteValue(10).varint(fetch.from());
        else if (message instanceof Message.ReadAsk ask) out.byteValue(12).fixed64(ask.id());
        else if (message instanceof Message.ReadAnswer answer)
            out.byteValue(13).fixed64(answer.id()).varint(answer.slot() + 1);
        else election(out, message);
        return out.toArray();
    }

    private static int sizeHint(Message message) {
        if (message instanceof Message.Accept accept) return size(accept.entries());
        if (message instanceof Message.Learn learn) return size(learn.entries());
        return 64;
    }

    private static int size(List<Entry> entries) {
        int size = 128;
        for (Entry entry : entries) size += entry.bytes();
        return size;
    }

    private static void accept(Encoder out, Message.Accept accept) {
        ballot(out.byteValue(5), accept.ballot());
        out.varint(accept.seq()).varint(accept.first()).varint(accept.chosen()).varint(accept.trim());
        out.bool(accept.confirm()).varint(accept.entries().size());
        for (Entry entry : accept.entries())
            out.byteValue(entry.kind().ordinal()).bytes(entry.value());
    }

    private static void election(Encoder out, Message message) {
        if (message instanceof Message.Probe probe) ballot(out.byteValue(1), probe.next());
        else if (message instanceof Message.ProbeReply reply)
            ballot(ballot(out.byteValue(2), reply.next()).bool(reply.granted()), reply.promised())
                    .varint(reply.chosen());
        else if (message instanceof Message.Prepare prepare)
            ballot(out.byteValue(3), prepare.ballot()).varint(prepare.from());
        else if (message instanceof Message.Promise promise)
            entries(
                    ballot(out.byteValue(4), promise.ballot())
                            .varint(promise.from())
                            .varint(promise.chosen())
                            .varint(promise.last()),
                    promise.entries());
        else if (message instanceof Message.Nack nack)
            ballot(ballot(out.byteValue(9), nack.refused()), nack.promised());
        else if (message instanceof Message.TakeOver take) ballot(out.byteValue(14), take.ballot());
        else if (message instanceof Message.RepairAsk ask)
            out.byteValue(15).bool(true).fixed64(ask.nonce());
        else if (message instanceof Message.RepairAnswer answer)
            ballot(out.byteValue(15).bool(false).fixed64(answer.nonce()), answer.promised())
                    .varint(answer.last())
                    .varint(answer.chosen());
    }

    private static Encoder ballot(Encoder out, Ballot ballot) {
        return out.varint(ballot.round()).text(ballot.owner());
    }

    private static Encoder entries(Encoder out, List<Entry> entries) {
        out.varint(entries.size());
        for (Entry entry : entries)
            ballot(out.varint(entry.slot()), entry.ballot())
                    .byteValue(entry.kind().ordinal())
                    .bytes(entry.value());
        return out;
    }

    /** The message; {@link MalformedException} for anything {@link #encode} cannot have written. */
    public static Message decode(byte[] bytes) {
        Decoder in = new Decoder(bytes);
        try {
            Message message = message(in);
            in.expectEnd();
            return message;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("message: " + e.getMessage(), e);
        }
    }

    private static Message message(Decoder in) {
        int kind = in.byteValue();
        return switch (kind) {
            case 1 -> new Message.Probe(ballot(in));
            case 2 -> new Message.ProbeReply(ballot(in), in.bool(), ballot(in), number(in));
            case 3 -> new Message.Prepare(ballot(in), number(in));
            case 4 -> promise(in);
            case 5 -> accept(in);
            case 6 -> new Message.Accepted(ballot(in), number(in), number(in), in.bool());
            case 7 -> new Message.Heard(ballot(in), number(in));
            case 8 -> new Message.Missing(ballot(in), number(in), number(in));
            case 9 -> new Message.Nack(ballot(in), ballot(in));
            case 10 -> new Message.Fetch(number(in));
            case 11 -> new Message.Learn(entries(in), number(in));
            case 12 -> new Message.ReadAsk(in.fixed64());
            case 13 -> new Message.ReadAnswer(in.fixed64(), number(in) - 1);
            case 14 -> new Message.TakeOver(ballot(in));
            case 15 ->
                in.bool()
                        ? new Message.RepairAsk(in.fixed64())
                        : new Message.RepairAnswer(in.fixed64(), ballot(in), number(in), number(in));
            default ->
                throw new MalformedException("message kind: " + kind + " (expected: 1.." + (KINDS_END - 1) + ")");
        };
    }

    private static Message promise(Decoder in) {
        Ballot ballot = ballot(in);
        long from = number(in);
        long chosen = number(in);
        long last = number(in);
        List<Entry> entries = entries(in);
        if (!entries.isEmpty() && entries.get(0).slot() != from)
            throw new MalformedException("entries: from " + entries.get(0).slot() + " (expected: " + from + ")");
        return new Message.Promise(ballot, from, chosen, last, entries);
    }

    private static Message accept(Decoder in) {
        Ballot ballot = ballot(in);
        long seq = number(in);
        long first = number(in);
        long chosen = number(in);
        long trim = number(in);
        boolean confirm = in.bool();
        int count = in.count(2);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++)
            entries.add(new Entry(first + i, ballot, in.enumValue(ENTRY_KINDS), in.byteArray()));
        return new Message.Accept(ballot, seq, first, chosen, trim, confirm, Collections.unmodifiableList(entries));
    }

    private static List<Entry> entries(Decoder in) {
        int count = in.count(5);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Entry entry = new Entry(number(in), ballot(in), in.enumValue(ENTRY_KINDS), in.byteArray());
            if (i > 0 && entry.slot() != entries.get(0).slot() + i)
                throw new MalformedException("slot: " + entry.slot() + " (expected: without gaps)");
            entries.add(entry);
        }
        return Collections.unmodifiableList(entries);
    }

    private static Ballot ballot(Decoder in) {
        long round = number(in);
        return round == 0 ? zero(in) : new Ballot(round, in.text());
    }

    private static Ballot zero(Decoder in) {
        if (in.byteValue() != 0) throw new MalformedException("ballot: an owner in round 0");
        return Ballot.ZERO;
    }

    private static long number(Decoder in) {
        long number = in.varint();
        if (number < 0 || number > NUMBER_MAX)
            throw new MalformedException(
                    "number: " + Long.toUnsignedString(number) + " (expected: 0.." + NUMBER_MAX + ")");
        return number;
    }
}
