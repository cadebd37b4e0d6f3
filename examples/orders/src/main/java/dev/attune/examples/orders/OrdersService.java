package dev.attune.examples.orders;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One instance of the sample service. It reads {@code orders.properties} of {@code demo/orders}, prices orders without
 * pause, and says on standard output when each release came into force. It ends when standard input does.
 *
 * <p>Arguments: its id, the centre's addresses separated by commas, the file with the token, and the folder
 * for the local copy it starts from when no node answers.
 */
public final class OrdersService {
    static final String FILE = "orders.properties";

    private static final long ORDER_PAUSE_MICROS = 500;
    private static final int ORDERS_A_REPORT = 100;

    private OrdersService() {}

    /** Starts the instance. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String id = arguments[0];
        String token = Files.readString(Path.of(arguments[2])).strip();
        try (AttuneClient client = AttuneClient.builder()
                        .endpoints(Arrays.asList(arguments[1].split(",", -1)))
                        .token(token)
                        .snapshotDirectory(Path.of(arguments[3]))
                        .build();
                Config config = client.config(InstanceSpec.of(id, "demo", "orders"), FILE)) {
            config.onChange(change -> report(config));
            say("ready " + config.source() + " " + config.snapshot().files().size());
            report(config);
            priceOrders(new Checkout(config), endOfInput());
        }
    }

    private static void report(Config config) {
        FileContent file = config.snapshot().files().get(FILE);
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        if (file != null)
            say("applied " + file.release() + " " + micros + " " + config.getString("discount.percent", "-"));
    }

    /** Becomes true when whoever started this instance is gone or wants it to end. */
    private static AtomicBoolean endOfInput() {
        var ended = new AtomicBoolean();
        var reader = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Only the end matters.
                        }
                    } catch (IOException e) {
                        say("input " + e.getMessage());
                    }
                    ended.set(true);
                },
                "orders-input");
        reader.setDaemon(true);
        reader.start();
        return ended;
    }

    private static void priceOrders(Checkout checkout, AtomicBoolean ended) throws InterruptedException {
        long priced = 0;
        long failed = 0;
        while (!ended.get()) {
            try {
                checkout.price(3, new BigDecimal("19.90"));
                priced++;
            } catch (RuntimeException e) {
                // The demonstration is about this number: it has to stay 0 whatever happens to the centre.
                failed++;
            }
            if (priced % ORDERS_A_REPORT == 0) say("priced " + priced + " " + failed);
            TimeUnit.MICROSECONDS.sleep(ORDER_PAUSE_MICROS);
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
