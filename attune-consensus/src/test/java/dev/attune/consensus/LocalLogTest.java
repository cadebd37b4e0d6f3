package dev.attune.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class LocalLogTest {
    private static final MemberId SELF = new MemberId("n1");

    @Test
    void proposals_areAppliedInOrderAndSurviveASnapshot() {
        JournalMachine machine = new JournalMachine();
        try (LocalLog log = LocalLog.start(SELF, machine)) {
            List<CompletableFuture<byte[]>> results = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                expected.add("c" + i);
                results.add(log.propose(("c" + i).getBytes(StandardCharsets.UTF_8)));
            }
            for (int i = 0; i < 500; i++)
                assertThat(new String(results.get(i).join(), StandardCharsets.UTF_8))
                        .isEqualTo(Integer.toString(i + 1));

            assertThat(log.readBarrier().join()).isEqualTo(500);
            assertThat(log.snapshot().join()).isEqualTo(500);
            assertThat(machine.journal()).isEqualTo(expected);
            assertThat(machine.leading()).isTrue();
        }
    }
}
