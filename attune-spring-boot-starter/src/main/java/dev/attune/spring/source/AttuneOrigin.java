package dev.attune.spring.source;

import org.springframework.boot.origin.Origin;

/**
 * Where a value comes from.
 *
 * @param cluster whose file it is, after the lookup by cluster, data centre and {@code default}
 */
record AttuneOrigin(String environment, String application, String cluster, String file, long release)
        implements Origin {
    @Override
    public String toString() {
        return "attune " + environment + "/" + application + "/" + cluster + "/" + file + " release " + release;
    }
}
