package dev.attune.examples.orders;

import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The till that prints totals. Some cannot print every currency, which only shows when it is set: an example of a
 * failure that no check beforehand finds. A rollout that fails here is undone everywhere.
 */
@Component
final class Till implements ConfigParticipant {
    private final String cannotPrint;

    Till(Config config, @Value("${orders.till.cannot-print:}") String cannotPrint) {
        this.cannotPrint = cannotPrint;
        config.participate(this);
    }

    @Override
    public void apply(ConfigChange change) {
        String currency = change.after().keys().get("prices.currency");
        if (currency != null && currency.equals(cannotPrint))
            throw new IllegalStateException("the till cannot print " + currency);
    }
}
