package dev.attune.simulator.client;

import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;

/** What the clients and watchers of one run share. */
public record Surroundings(
        EventHeap time,
        Swarm swarm,
        FaultCounts counts,
        ClientRules rules,
        Cluster cluster,
        Workload workload,
        History history,
        Ledger ledger,
        Reach reach) {}
