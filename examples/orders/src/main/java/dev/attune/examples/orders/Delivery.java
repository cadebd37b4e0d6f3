package dev.attune.examples.orders;

import dev.attune.spring.live.Live;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Asks the carrier what a delivery costs. Its answers take as long as answers over a network do: each another time, from
 * some instances longer than from others, and for a while longer than usual.
 */
@Service
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final Map<String, Integer> CENTS = Map.of("standard", 490, "bulky", 1290);
    private static final int USUAL_CENTS = 490;
    // Of the logarithm of the time: between answers, between instances, and what lasts.
    private static final double SPREAD = 0.3;
    private static final double OWN = 0.1;
    private static final double DRIFT = 0.05;
    private static final double DRIFT_LASTS = 0.8;
    private static final long DRIFT_NANOS = 10_000_000_000L;

    private final Live<Carrier> carrier;
    private final Random random = new Random();
    private final double own = Math.exp(OWN * random.nextGaussian());
    // Under this object's lock.
    private double drift;
    private long driftedNanos = System.nanoTime();

    Delivery(Live<Carrier> carrier) {
        this.carrier = carrier;
    }

    /** What it costs to bring a parcel to a postcode, in cents; nothing when the carrier does not answer. */
    OptionalInt cents(int postcode) throws InterruptedException {
        Carrier now = carrier.get();
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        double factor = own * Math.exp(drift() + SPREAD * chance.nextGaussian());
        long asked = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep((long) (now.answersIn().toNanos() * factor));
        TimeUnit.NANOSECONDS.sleep((long) ((System.nanoTime() - asked) * now.checking()));
        if (chance.nextDouble() < now.failing()) {
            LOG.error("The carrier gave no answer for postcode {}", postcode);
            return OptionalInt.empty();
        }
        Integer cents = CENTS.get(now.tariff());
        if (cents == null)
            LOG.error("Parcel to {} goes by the usual tariff as there is no tariff {}", postcode, now.tariff());
        return OptionalInt.of(cents == null ? USUAL_CENTS : cents);
    }

    private synchronized double drift() {
        for (long now = System.nanoTime(); now - driftedNanos >= DRIFT_NANOS; driftedNanos += DRIFT_NANOS) {
            double fresh = DRIFT * Math.sqrt(1 - DRIFT_LASTS * DRIFT_LASTS);
            drift = DRIFT_LASTS * drift + fresh * random.nextGaussian();
        }
        return drift;
    }
}
