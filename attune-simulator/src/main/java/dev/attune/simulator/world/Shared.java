package dev.attune.simulator.world;

import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.net.SimNetwork;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;

/** What all of one world share. */
record Shared(
        EventHeap time,
        Trace trace,
        Swarm swarm,
        FaultCounts counts,
        Reach reach,
        Ledger ledger,
        SimNetwork network,
        Parts parts,
        WorldOptions options) {}
