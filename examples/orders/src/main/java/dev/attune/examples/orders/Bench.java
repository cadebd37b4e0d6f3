package dev.attune.examples.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The bench where parcels are packed.
 *
 * @param workers how many pack at the same time; idle ones cost money, missing ones cost customers
 * @param queue how many parcels may wait
 */
@Validated
@ConfigurationProperties("packing")
record Bench(@DefaultValue("4") @Min(1) @Max(64) int workers, @DefaultValue("16") @Min(1) @Max(1000) int queue) {}
