package dev.attune.examples.orders;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which carrier brings parcels. It is not there, so what it is like is configuration, too.
 *
 * @param answersIn how long it takes to say what a delivery costs, in the median
 * @param checking how long an answer is checked, as a share of the time that it took
 * @param failing the share of questions that it does not answer
 * @param tariff what is paid by
 */
@Validated
@ConfigurationProperties("carrier")
record Carrier(
        @DefaultValue("40ms") Duration answersIn,
        @DefaultValue("0") @DecimalMin("0") @DecimalMax("10") double checking,
        @DefaultValue("0.001") @DecimalMin("0") @DecimalMax("1") double failing,
        @DefaultValue("standard") @NotBlank String tariff) {}
