package dev.attune.server.node;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What members agree by; all members of a cluster use the same. Names are stable on disk and command line. */
public enum Engine {
    RAFT,
    PAXOS;

    /** The engine of this name, in lower case; {@link IllegalArgumentException} names those there are. */
    public static Engine named(String name) {
        for (Engine engine : values()) if (engine.toString().equals(name)) return engine;
        throw new IllegalArgumentException("consensus: " + name + " (expected: "
                + Arrays.stream(values()).map(Engine::toString).collect(Collectors.joining(" or ")) + ")");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
