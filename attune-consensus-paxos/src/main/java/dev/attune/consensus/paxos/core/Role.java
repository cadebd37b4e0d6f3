package dev.attune.consensus.paxos.core;

/** What a member does at the moment. Acceptor and learner it is in all of them, if it has a vote. */
public enum Role {
    /** Follows a leader, or waits for one. */
    FOLLOWER,
    /** Asks whether a new ballot would be welcome. */
    PROBING,
    /** Proposer in phase 1: collects promises, learns what is chosen and proposes again what may be. */
    PREPARING,
    /** Proposer in phase 2 for all open slots. */
    LEADER
}
