package dev.attune.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.config.audit.AuditLink;
import dev.attune.config.audit.AuditRecord;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.keyspace.StoreKeyspace;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AuditTrailTest {
    private final StoreKeyspace keyspace = new StoreKeyspace();
    private final Reads reads = new Reads(keyspace);
    private final Audit audit = new Audit(Clock.systemUTC());
    private final AuditTrail trail = new AuditTrail(reads, audit);

    @BeforeEach
    void record() {
        for (int i = 0; i < 150; i++) write(audit.record("ada", "test", "t" + i, ""));
        trail.seal().join();
    }

    @AfterEach
    void close() {
        keyspace.close();
    }

    @Test
    void sealedRecords_areOneChainInTheOrderTheyWereWritten() {
        assertThat(trail.verify().join().problem()).isEmpty();
        assertThat(trail.verify().join().links()).isEqualTo(150);
        assertThat(trail.list(0, 3).join().stream().map(each -> each.record().target()))
                .containsExactly("t149", "t148", "t147");
    }

    @Test
    void alteredRecord_isNamed() {
        AuditLink link = link(70);
        AuditRecord other = new AuditRecord(link.record().id(), 1, "eve", "test", "t69", "");
        write(Operation.Put.of(
                link.key(), new AuditLink(70, link.revision(), link.previous(), link.hash(), other).encode()));

        assertThat(trail.verify().join().problem()).isEqualTo("link 70 was altered");
    }

    @Test
    void alteredAndRehashedRecord_isNamedByTheOneBehindIt() {
        AuditLink link = link(70);
        AuditRecord other = new AuditRecord(link.record().id(), 1, "eve", "test", "t69", "");
        write(Operation.Put.of(
                link.key(),
                AuditLink.after(link.previous(), 70, link.revision(), other).encode()));

        assertThat(trail.verify().join().problem()).isEqualTo("link 71 does not follow the one before");
    }

    @Test
    void removedRecord_isNamedAlsoWhenItIsTheLast() {
        write(Operation.Delete.of(link(150).key()));
        assertThat(trail.verify().join().problem()).isEqualTo("link 150 is missing");
        write(Operation.Delete.of(link(3).key()));
        assertThat(trail.verify().join().problem()).isEqualTo("link 3 is missing");
    }

    private AuditLink link(long number) {
        KeyRange one = AuditLink.range(number, number + 1);
        return AuditLink.decode(
                reads.range(one, ReadLevel.LINEARIZABLE).join().get(0).value());
    }

    private void write(Operation operation) {
        reads.run(new Operation.Txn(List.of(), List.of(operation), List.of())).join();
    }
}
