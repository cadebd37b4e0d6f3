package dev.attune.spring.live;

import java.util.function.Supplier;

/**
 * A {@code @ConfigurationProperties} bean as of the release in force: inject {@code Live<PoolProperties>} and call
 * {@link #get} for each piece of work. What it returns was bound and validated as a whole, never changes by itself, and
 * is replaced as a whole; all properties beans are replaced at one moment. The only way to follow records and other
 * final classes. Safe to share between threads; takes no lock.
 */
@FunctionalInterface
public interface Live<T> extends Supplier<T> {
    /** The newest instance; keep it for as long as the values read from it belong together. */
    @Override
    T get();
}
