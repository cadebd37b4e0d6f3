package dev.attune.server.node;

import dev.attune.server.audit.Audit;
import dev.attune.server.http.RouteTable;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.otlp.OtlpRoutes;
import dev.attune.server.rollouts.GuardCheck;
import dev.attune.server.rollouts.Rollouts;
import dev.attune.server.scrape.Scraper;
import dev.attune.server.signals.LogLineRoutes;
import dev.attune.server.signals.SignalNode;
import dev.attune.server.signals.SignalRoutes;
import dev.attune.server.signals.SignalSettingsRoutes;
import dev.attune.server.verdicts.Guards;
import dev.attune.server.verdicts.Judge;
import dev.attune.server.verdicts.RolloutTimes;
import dev.attune.server.verdicts.Warmth;
import dev.attune.transport.PeerTransport;
import java.time.Clock;
import java.time.Duration;

/** Puts together what takes signals, keeps them, and judges rollouts by them. */
final class Measuring {
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(10);

    private final NodeCore core;
    private final Clock clock;
    private final SignalNode signals;
    private final Guards guards = new Guards();
    private final RolloutTimes rolloutTimes = new RolloutTimes();

    Measuring(NodeCore core, PeerTransport transport, Clock clock) {
        this.core = core;
        this.clock = clock;
        this.signals = new SignalNode(new SignalNode.Ground(
                core.keyspace(),
                transport,
                core.threads().readers(),
                core.threads().timer(),
                core::status,
                clock));
    }

    SignalNode signals() {
        return signals;
    }

    GuardCheck guardCheck() {
        return new Warmth(signals, guards, rolloutTimes, clock);
    }

    /** Mounts the API and begins. */
    void mount(RouteTable table, Audit audit, Rollouts rollouts, LeaderTasks leader) {
        Reads reads = new Reads(core.keyspace());
        new SignalRoutes(signals).mount(table);
        new SignalSettingsRoutes(reads, audit).mount(table);
        new OtlpRoutes(signals).mount(table);
        new LogLineRoutes(signals).mount(table);
        signals.start();
        new Scraper(signals, signals::exposed, () -> core.status().isLeader(), SCRAPE_INTERVAL)
                .start(core.threads().timer());
        Judge.Ground ground = new Judge.Ground(
                reads, signals.signals(), rollouts::unfinished, core.threads().readers(), clock);
        leader.every(1, new Judge(ground, guards, rolloutTimes)::look);
    }
}
