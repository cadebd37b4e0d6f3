package dev.attune.consensus.paxos.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.wire.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {
    private static final Ballot BALLOT = new Ballot(7, "a");
    private static final Entry ENTRY = new Entry(3, BALLOT, Entry.Kind.COMMAND, new byte[] {1, 2});
    private static final List<Message> MESSAGES = List.of(
            new Message.Probe(BALLOT),
            new Message.ProbeReply(BALLOT, true, Ballot.ZERO, 12),
            new Message.Prepare(BALLOT, 3),
            new Message.Promise(BALLOT, 3, 2, 3, List.of(ENTRY)),
            new Message.Accept(BALLOT, 9, 3, 2, 1, true, List.of(ENTRY, Entry.noop(4, BALLOT))),
            new Message.Accepted(BALLOT, 4, 2, true),
            new Message.Heard(BALLOT, 9),
            new Message.Missing(BALLOT, 9, 3),
            new Message.Nack(BALLOT, new Ballot(8, "b")),
            new Message.Fetch(1),
            new Message.Learn(List.of(ENTRY), 5),
            new Message.ReadAsk(-5),
            new Message.ReadAnswer(-5, -1),
            new Message.TakeOver(BALLOT),
            new Message.RepairAsk(-9),
            new Message.RepairAnswer(-9, BALLOT, 4, 3));

    @Test
    void everyMessage_comesBackAsItWas() {
        for (Message message : MESSAGES) {
            byte[] bytes = MessageCodec.encode(message);
            assertThat(MessageCodec.encode(MessageCodec.decode(bytes)))
                    .as("%s", message)
                    .isEqualTo(bytes);
            assertThat(MessageCodec.decode(bytes).getClass()).isEqualTo(message.getClass());
        }
    }

    @Test
    @DisplayName("attack 38: whatever bytes come, the answer is a message or a refusal, and little is allocated")
    void changedBytes_giveAMessageOrARefusal() {
        Random random = new Random(38);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = MessageCodec.encode(MESSAGES.get(random.nextInt(MESSAGES.size())));
            bytes = Arrays.copyOf(bytes, Math.max(1, bytes.length + random.nextInt(4) - 2));
            for (int flips = random.nextInt(4); flips >= 0; flips--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                MessageCodec.decode(bytes);
            } catch (MalformedException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void roundsThatNoElectionReaches_areRefused() {
        byte[] bytes = MessageCodec.encode(new Message.Prepare(new Ballot((1L << 60) + 1, "a"), 1));

        assertThatThrownBy(() -> MessageCodec.decode(bytes)).isInstanceOf(MalformedException.class);
    }
}
