package dev.attune.simulator.client;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.fault.Swarm;

/**
 * How one client behaves. Times are in microseconds.
 *
 * @param thinks about how long between two calls
 * @param waits for an answer before it repeats the request
 * @param attempts how often it sends a request before it gives up
 * @param impatient whether {@code waits} is shorter than a healthy cluster may take
 * @param quits whether {@code attempts} is small
 * @param duplicates how many of a thousand requests are sent twice
 */
public record ClientOptions(long thinks, long waits, int attempts, boolean impatient, boolean quits, int duplicates) {
    static ClientOptions draw(Chance chance, Swarm swarm) {
        boolean impatient = chance.permille(swarm.weight(FaultKind.CLIENT_TIMEOUT) * 30);
        boolean quits = chance.permille(swarm.weight(FaultKind.CLIENT_GIVES_UP) * 30);
        return new ClientOptions(
                chance.between(5_000, 150_000),
                impatient ? chance.between(2_000, 40_000) : chance.between(300_000, 1_500_000),
                quits ? (int) chance.between(1, 4) : 1_000,
                impatient,
                quits,
                swarm.weight(FaultKind.CLIENT_DUPLICATE) * 10);
    }
}
