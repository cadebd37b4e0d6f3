package dev.attune.e2e.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFilesTest {
    @TempDir
    Path directory;

    private final List<Call> calls = List.of(
            new Call(1, 1, Action.put("k", "a"), 5, new Completion.Ok(9, 3, true, true, Map.of())),
            new Call(1, 2, Action.compareAndSet("k", null, "b"), 10, new Completion.Unknown("timed out")),
            new Call(
                    2,
                    1,
                    Action.staleGet("k"),
                    6,
                    new Completion.Ok(8, 3, true, false, Map.of("k", new Observed("a", 3)))),
            new Call(2, 2, Action.delete("k"), 11, new Completion.Failed(12, "refused")));

    @Test
    void what_is_written_is_read_back() throws IOException {
        HistoryFiles files = new HistoryFiles(directory);
        files.writeCalls(calls);
        assertThat(files.readCalls()).isEqualTo(calls);
        List<LogEntry> log =
                List.of(new LogEntry(3, List.of(new LogEntry.Change("k", "a"), new LogEntry.Change("l", null))));
        files.writeLog(log);
        assertThat(files.readLog()).isEqualTo(log);
        List<WatchHistory> watches = List.of(
                new WatchHistory(
                        1,
                        "k",
                        2,
                        List.of(
                                new WatchHistory.Batch(3, List.of(new WatchHistory.Seen("k", "a", 3, true, null))),
                                new WatchHistory.Progress(7),
                                new WatchHistory.Closed("COMPACTED", 5))),
                new WatchHistory(2, "", 1, List.of()));
        files.writeWatches(watches);
        assertThat(files.readWatches()).isEqualTo(watches);
    }

    @Test
    void a_call_whose_end_was_not_recorded_is_unknown() throws IOException {
        HistoryFiles files = new HistoryFiles(directory);
        files.writeCalls(calls);
        Path file = directory.resolve("calls.jsonl");
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(0, lines.size() - 1));
        List<Call> read = files.readCalls();
        assertThat(read).hasSize(4);
        assertThat(read.get(3).completion()).isInstanceOf(Completion.Unknown.class);
    }
}
