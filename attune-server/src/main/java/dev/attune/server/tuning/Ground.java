package dev.attune.server.tuning;

import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.server.rollouts.RolloutService;
import java.time.Clock;

/**
 * What policies are carried out with.
 *
 * @param releases makes releases
 * @param rollouts brings them where a policy does not act at once
 * @param shelf reads texts
 */
record Ground(
        Reads reads,
        Releases releases,
        RolloutService rollouts,
        Audit audit,
        PolicySignals signals,
        PolicyShelf shelf,
        TuneMeters meters,
        Clock clock) {}
