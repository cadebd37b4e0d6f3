package dev.attune.spring.sliced;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** An application as users have it: found by scans, with something in it that a slice should not start. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SlicedApplication {
    /** What the test is about. */
    @ConfigurationProperties("pool")
    public record Pool(int size) {}
}
