package dev.attune.examples.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How orders are priced. A release that does not fit is refused by every instance, whatever the centre let through.
 *
 * @param currency three letters
 * @param discountPercent 0 to 90
 */
@Validated
@ConfigurationProperties("prices")
record Prices(
        @DefaultValue("EUR") @Pattern(regexp = "[A-Z]{3}") String currency,
        @DefaultValue("0") @Min(0) @Max(90) int discountPercent) {}
