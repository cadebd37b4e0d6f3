package dev.attune.examples.orders;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSnapshot;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** The business of the sample: prices an order by the configuration of the moment. */
final class Checkout {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final Config config;

    Checkout(Config config) {
        this.config = config;
    }

    /**
     * The total of an order, as text with its currency. Both values come from one snapshot: a discount is never
     * combined with the currency of another release.
     */
    String price(int items, BigDecimal itemPrice) {
        ConfigSnapshot now = config.snapshot();
        BigDecimal discount = new BigDecimal(now.keys().getOrDefault("discount.percent", "0"));
        String currency = now.keys().getOrDefault("currency", "EUR");
        BigDecimal factor = HUNDRED.subtract(discount).divide(HUNDRED, 4, RoundingMode.HALF_EVEN);
        BigDecimal total = itemPrice.multiply(BigDecimal.valueOf(items)).multiply(factor);
        return total.setScale(2, RoundingMode.HALF_EVEN) + " " + currency;
    }
}
