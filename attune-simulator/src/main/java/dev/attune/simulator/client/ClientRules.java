package dev.attune.simulator.client;

/** What a client owes to the guarantees; broken by tests that want to see it noticed. */
public interface ClientRules {
    /** The command a client sends when it repeats one. */
    default byte[] repeated(byte[] command) {
        return command;
    }

    /** Whether a client that gave up on a write it may have made says that it does not know. */
    default boolean admitsNotKnowing() {
        return true;
    }
}
