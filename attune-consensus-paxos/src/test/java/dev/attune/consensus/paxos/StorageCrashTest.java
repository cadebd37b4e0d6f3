package dev.attune.consensus.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.storage.disk.Crash;
import dev.attune.storage.disk.CrashDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Power cuts after every single change of the disk, during recovery too. */
final class StorageCrashTest {
    private static final int RECOVERY_CRASHES_MAX = 3;
    private static final int LIVES = 3;
    private static final int STEPS = 45;

    private int recoveries;

    @ParameterizedTest(name = "seed {0}, witness: {1}")
    @CsvSource({"1,false", "2,false", "3,true"})
    @DisplayName("G5, G7: after a crash at any moment every promise, acceptance and choice that was relied on is there")
    void crashAfterEachChange_keepsAllThatWasReliedOn(long seed, boolean witness) throws IOException {
        StorageHistory history = new StorageHistory(seed, witness);
        for (int life = 0; life < LIVES; life++) {
            try (StorageHistory.Files files = StorageHistory.Files.open(history.disk)) {
                history.run(files, STEPS);
            }
        }

        Random random = new Random(seed);
        Crash crash = new Crash(history.disk);
        for (int at = 0; at <= crash.end(); at++) {
            crash.goTo(at);
            List<String> possible = history.possibleAfter(at);
            String what = "seed " + seed + ", after change " + at + ", ";
            check(crash.image(Crash.Loss.ALL, random), possible, what + "all lost", random, 0);
            check(crash.image(Crash.Loss.NOTHING, random), possible, what + "nothing lost", random, 0);
            for (int i = 0; i < 2; i++) {
                check(crash.image(Crash.Loss.END, random), possible, what + "torn", random, 0);
                check(crash.image(Crash.Loss.ANY, random), possible, what + "any order", random, 0);
            }
        }

        assertThat(recoveries).isGreaterThan(2_000);
        System.out.println(
                "paxos crash sweep: seed " + seed + ", " + crash.end() + " changes, " + recoveries + " recoveries");
    }

    private void check(Map<Path, byte[]> image, List<String> possible, String what, Random random, int depth)
            throws IOException {
        CrashDisk disk = new CrashDisk(image);
        String found;
        int opened;
        try (StorageHistory.Files files = StorageHistory.Files.open(disk)) {
            found = files.text();
            opened = disk.changeCount();
            assertThat(MemberStorage.gap(files.log(), files.snapshots()))
                    .as(what)
                    .isNull();
            long last = files.log().bounds().last();
            Recovered recovered =
                    files.storage().recover(StorageHistory.INITIAL, 1).recovered();
            assertThat(recovered.chosen() + recovered.tail().size()).as(what).isGreaterThanOrEqualTo(last);
        } catch (IOException e) {
            throw new AssertionError(what, e);
        }
        recoveries++;
        assertThat(possible).as(what).contains(found);
        if (depth == RECOVERY_CRASHES_MAX || random.nextInt(4) != 0) return;
        Crash again = new Crash(disk);
        int at = random.nextInt(again.end() + 1);
        again.goTo(at);
        Crash.Loss loss = Crash.Loss.values()[random.nextInt(Crash.Loss.values().length)];
        if (at > opened) return;
        // What an open log has shown is relied upon: it must be there from then on.
        List<String> then = at >= opened ? List.of(found) : possible;
        check(again.image(loss, random), then, what + "; in its recovery after change " + at, random, depth + 1);
    }
}
