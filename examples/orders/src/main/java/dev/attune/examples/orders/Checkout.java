package dev.attune.examples.orders;

import dev.attune.spring.live.Live;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.springframework.stereotype.Service;

/** The business of the sample: prices an order by the configuration of the moment. */
@Service
final class Checkout {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final Live<Prices> prices;

    Checkout(Live<Prices> prices) {
        this.prices = prices;
    }

    /**
     * The total of an order, as text with its currency. Both values come from one release: a discount is never
     * combined with the currency of another.
     */
    String price(int items, BigDecimal itemPrice) {
        Prices now = prices.get();
        BigDecimal factor =
                HUNDRED.subtract(BigDecimal.valueOf(now.discountPercent())).divide(HUNDRED, 4, RoundingMode.HALF_EVEN);
        BigDecimal total = itemPrice.multiply(BigDecimal.valueOf(items)).multiply(factor);
        return total.setScale(2, RoundingMode.HALF_EVEN) + " " + now.currency();
    }
}
