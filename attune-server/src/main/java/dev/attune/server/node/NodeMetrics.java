package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.rollouts.RolloutMeters;
import dev.attune.server.tuning.TuneMeters;
import dev.attune.store.Store;

/** What a node measures, in the Prometheus text format. No label carries anything a caller chose. */
final class NodeMetrics {
    private final NodeCore core;
    private final LiveStreams streams;
    private final RolloutMeters rollouts;
    private final TuneMeters tuning;

    NodeMetrics(NodeCore core, LiveStreams streams, RolloutMeters rollouts, TuneMeters tuning) {
        this.rollouts = rollouts;
        this.tuning = tuning;
        this.core = core;
        this.streams = streams;
    }

    String text() {
        StringBuilder out = new StringBuilder(2048);
        LogStatus log = core.status();
        gauge(out, "attune_store_revision", "Newest revision of this node", core.revision());
        gauge(
                out,
                "attune_store_keys",
                "Keys with retained history",
                core.host().inspect(Store::keyCount));
        gauge(out, "attune_log_applied_index", "Highest applied log index", log.appliedIndex());
        gauge(out, "attune_log_committed_index", "Highest committed log index known", log.committedIndex());
        gauge(out, "attune_log_first_index", "Lowest log index kept", log.firstIndex());
        gauge(out, "attune_log_term", "Present term", log.term());
        gauge(out, "attune_log_leader", "1 while this node leads", log.isLeader() ? 1 : 0);
        gauge(
                out,
                "attune_log_has_leader",
                "1 while a leader is known",
                log.leader().isPresent() ? 1 : 0);
        gauge(out, "attune_ready", "1 while this node serves", core.notReady().isEmpty() ? 1 : 0);
        gauge(out, "attune_writes_in_flight", "Writes under way at this node", core.writesUnderWay());
        counter(out, "attune_writes_refused_total", "Writes refused by admission control", core.writesRefused());
        gauge(out, "attune_watchers", "Open watches", core.watcherCount());
        gauge(out, "attune_streams", "Open event streams and sessions", streams.count());
        rollouts(out);
        tuning(out);
        Runtime jvm = Runtime.getRuntime();
        gauge(out, "attune_heap_used_bytes", "Used heap", jvm.totalMemory() - jvm.freeMemory());
        gauge(out, "attune_heap_max_bytes", "Largest heap", jvm.maxMemory());
        return out.toString();
    }

    private void rollouts(StringBuilder out) {
        gauge(out, "attune_rollouts_running", "Rollouts that have not ended", rollouts.running());
        counter(out, "attune_rollout_answers_total", "Answers of instances taken", rollouts.answers());
        counter(
                out,
                "attune_rollout_answers_refused_total",
                "Answers that were not to what was asked last",
                rollouts.refusedAnswers());
        counter(
                out,
                "attune_rollout_webhook_failures_total",
                "Ends that could not be told to the address given",
                rollouts.webhookFailures());
        String moves = "attune_rollout_moves_total";
        out.append("# HELP ").append(moves).append(" Moves of rollouts by this node, by the phase they led to\n");
        out.append("# TYPE ").append(moves).append(" counter\n");
        rollouts.moves((phase, count) -> out.append(moves)
                .append("{phase=\"")
                .append(phase)
                .append("\"} ")
                .append(count)
                .append('\n'));
    }

    private void tuning(StringBuilder out) {
        counter(out, "attune_tuning_reverts_total", "Changes of policies that this node took back", tuning.reverts());
        String decisions = "attune_tuning_decisions_total";
        out.append("# HELP ").append(decisions).append(" Decisions of policies by this node, by outcome or refusal\n");
        out.append("# TYPE ").append(decisions).append(" counter\n");
        tuning.decisions((code, count) -> out.append(decisions)
                .append("{code=\"")
                .append(code)
                .append("\"} ")
                .append(count)
                .append('\n'));
    }

    private static void gauge(StringBuilder out, String name, String help, long value) {
        metric(out, name, help, "gauge", value);
    }

    private static void counter(StringBuilder out, String name, String help, long value) {
        metric(out, name, help, "counter", value);
    }

    private static void metric(StringBuilder out, String name, String help, String type, long value) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        out.append(name).append(' ').append(value).append('\n');
    }
}
