package dev.attune.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.AttuneException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class MessageReaderTest {
    @Test
    void messagesCutAnywhere_arriveWhole() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> sent = new ArrayList<>();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            byte[] message = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
            random.nextBytes(message);
            sent.add(message);
            wire.write(0);
            wire.writeBytes(new byte[] {0, 0, (byte) (message.length >> 8), (byte) message.length});
            wire.writeBytes(message);
        }
        byte[] all = wire.toByteArray();
        MessageReader reader = new MessageReader(300);
        List<byte[]> received = new ArrayList<>();

        for (int at = 0; at < all.length; ) {
            int part = Math.min(all.length - at, random.nextInt(40));
            reader.read(java.util.Arrays.copyOfRange(all, at, at + part), received::add);
            at += part;
        }

        assertThat(reader.isWhole()).as("seed %d", seed).isTrue();
        assertThat(received).as("seed %d", seed).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++)
            assertThat(received.get(i)).as("seed %d", seed).isEqualTo(sent.get(i));
    }

    @Test
    @DisplayName("O3: a length prefix of 2^32-1 bytes is refused before memory is taken for it")
    void lengthOverTheLimit_isRefusedAtItsPrefix() {
        MessageReader reader = new MessageReader(1 << 20);

        assertThatThrownBy(() -> reader.read(new byte[] {0, -1, -1, -1, -1}, message -> {}))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("4294967295");
    }

    @Test
    void cutOffMessage_isNotWhole() {
        MessageReader reader = new MessageReader(10);

        reader.read(new byte[] {0, 0, 0, 0, 2, 1}, message -> {
            throw new AssertionError("nothing is complete");
        });

        assertThat(reader.isWhole()).isFalse();
    }
}
