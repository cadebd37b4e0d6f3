package dev.attune.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.storage.disk.Crash;
import dev.attune.storage.disk.CrashDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power cuts after every single change of the disk, during recovery too. */
final class LogCrashTest {
    private static final int RECOVERY_CRASHES_MAX = 3;

    private int recoveries;

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    @DisplayName("G5, G7: after a crash at any moment all that was synced is there and nothing was invented")
    void crashAfterEachChange_leavesAPrefixWithAllThatWasSynced(long seed) throws IOException {
        Random random = new Random(seed);
        LogHistory history = new LogHistory();
        for (int start = 0; start < 3; start++) {
            try (FileDurableLog log = history.open()) {
                history.run(log, random, 60);
                history.sync(log);
            }
        }

        Crash crash = new Crash(history.disk);
        for (int at = 0; at <= crash.end(); at++) {
            crash.goTo(at);
            List<String> possible = history.possibleAfter(at);
            String what = "seed " + seed + ", after change " + at + ", ";
            check(crash.image(Crash.Loss.ALL, random), possible, what + "all lost", random, 0);
            check(crash.image(Crash.Loss.NOTHING, random), possible, what + "nothing lost", random, 0);
            for (int i = 0; i < 3; i++) {
                check(crash.image(Crash.Loss.END, random), possible, what + "torn", random, 0);
                check(crash.image(Crash.Loss.ANY, random), possible, what + "any order", random, 0);
            }
        }

        assertThat(recoveries).isGreaterThan(5_000);
        System.out.println(
                "log crash sweep: seed " + seed + ", " + crash.end() + " changes, " + recoveries + " recoveries");
    }

    private void check(Map<Path, byte[]> image, List<String> possible, String what, Random random, int depth)
            throws IOException {
        CrashDisk disk = new CrashDisk(image);
        String found;
        int opened;
        try (FileDurableLog log = FileDurableLog.open(disk, LogHistory.DIRECTORY, LogHistory.OPTIONS)) {
            found = LogModel.textOf(log);
            opened = disk.changeCount();
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
        // What an open log has shown is relied upon: it must be there from then on.
        List<String> then = at >= opened ? List.of(found) : possible;
        check(again.image(loss, random), then, what + "; in its recovery after change " + at, random, depth + 1);
    }
}
