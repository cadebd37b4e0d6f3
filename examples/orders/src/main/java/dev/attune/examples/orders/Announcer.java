package dev.attune.examples.orders;

import dev.attune.client.config.Config;
import dev.attune.model.config.FileContent;
import dev.attune.spring.live.AttuneReleaseEvent;
import dev.attune.spring.live.Live;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * For the demonstration: says on standard output when the service is ready, on which port, and when each release came
 * into force; ends the service with standard input, so that none outlives whoever started it.
 */
@Component
@ConditionalOnProperty("orders.announce")
final class Announcer {
    static final String FILE = "application.yaml";

    private final Config config;
    private final Live<Prices> prices;
    private final Environment environment;
    private long announced;

    Announcer(Config config, Live<Prices> prices, Environment environment) {
        this.config = config;
        this.prices = prices;
        this.environment = environment;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        say("ready " + environment.getProperty("local.server.port"));
        released();
        ConfigurableApplicationContext context = event.getApplicationContext();
        Thread reader = new Thread(() -> endWithInput(context), "orders-input");
        reader.setDaemon(true);
        reader.start();
    }

    @EventListener(AttuneReleaseEvent.class)
    synchronized void released() {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        FileContent file = config.snapshot().files().get(FILE);
        if (file == null || file.release() == announced) return;
        announced = file.release();
        say("applied " + announced + " " + micros + " " + prices.get().discountPercent());
    }

    private static void endWithInput(ConfigurableApplicationContext context) {
        try {
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        } catch (IOException e) {
            say("input " + e.getMessage());
        }
        context.close();
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
