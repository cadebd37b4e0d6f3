package dev.attune.e2e.workload;

import dev.attune.e2e.history.HistoryFiles;
import dev.attune.simulator.check.LinearizabilityChecker;
import dev.attune.simulator.check.RevisionOrderChecker;
import dev.attune.simulator.check.Violation;
import dev.attune.simulator.check.WatchChecker;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that was recorded of one run.
 *
 * @param log exported from the healthy cluster after the run
 * @param head the revision every watch had to reach
 */
public record RecordedRun(List<Call> calls, List<LogEntry> log, List<WatchHistory> watches, long head) {
    public RecordedRun {
        calls = List.copyOf(calls);
        log = List.copyOf(log);
        watches = List.copyOf(watches);
    }

    /** What all three checkers find. */
    public List<Violation> judge() {
        List<Violation> all = new ArrayList<>(RevisionOrderChecker.check(calls, log));
        all.addAll(WatchChecker.check(watches, log, head));
        all.addAll(LinearizabilityChecker.check(calls));
        return all;
    }

    /** How many calls were answered. */
    public long answered() {
        return calls.stream()
                .filter(call -> call.completion() instanceof Completion.Ok)
                .count();
    }

    /** How many writes were acknowledged. */
    public long acknowledgedWrites() {
        return calls.stream()
                .filter(call -> call.completion() instanceof Completion.Ok ok && ok.changed())
                .count();
    }

    /** Longest time in nanoseconds between two acknowledged writes that end in {@code [from, to]}. */
    public long longestPause(long from, long to) {
        List<Long> ends = new ArrayList<>();
        for (Call call : calls) {
            if (call.completion() instanceof Completion.Ok ok && ok.changed() && ok.at() >= from && ok.at() <= to)
                ends.add(ok.at());
        }
        ends.add(from);
        ends.add(to);
        ends.sort(null);
        long longest = 0;
        for (int i = 1; i < ends.size(); i++) longest = Math.max(longest, ends.get(i) - ends.get(i - 1));
        return longest;
    }

    /** Keeps the run to be judged again. */
    public void save(Path directory) throws IOException {
        HistoryFiles files = new HistoryFiles(directory);
        files.writeCalls(calls);
        files.writeLog(log);
        files.writeWatches(watches);
    }

    /** Reads what {@link #save} wrote; the head is the log's. */
    public static RecordedRun load(Path directory) throws IOException {
        HistoryFiles files = new HistoryFiles(directory);
        List<LogEntry> log = files.readLog();
        long head = log.isEmpty() ? 0 : log.get(log.size() - 1).revision();
        return new RecordedRun(files.readCalls(), log, files.readWatches(), head);
    }

    /** One line for people. */
    public String summary() {
        return String.format(
                "%d calls, %d answered, %d writes acknowledged, %d revisions, %d watches",
                calls.size(), answered(), acknowledgedWrites(), log.size(), watches.size());
    }
}
