package dev.attune.client.config;

import dev.attune.client.signal.Signals;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.config.FileContent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of this instance, kept current in the background. Reads take no lock, touch no network and never
 * fail because the centre is away (S3); several reads belong together only when made on one {@link #snapshot()} (S1).
 * Safe to share between threads.
 *
 * <p>Typed reads fail with {@link AttuneException} {@code INVALID_ARGUMENT} when the value has the wrong form.
 */
public final class Config implements AutoCloseable {
    private final ConfigFeed feed;
    private final Clock clock;

    Config(ConfigFeed feed, Clock clock) {
        this.feed = feed;
        this.clock = clock;
    }

    /** Where the program says what it measures, for the policies and rollouts of the centre. */
    public Signals signals() {
        return feed.signals();
    }

    /** Everything at one revision. */
    public ConfigSnapshot snapshot() {
        return feed.current();
    }

    /** Whether values came from the centre, from the local copy or from nowhere. */
    public ConfigSource source() {
        return snapshot().source();
    }

    /** The revision in force. */
    public long revision() {
        return snapshot().revision();
    }

    /** How long ago what is in force came from the centre; zero for nothing. */
    public Duration age() {
        ConfigSnapshot now = snapshot();
        return now.source() == ConfigSource.NONE
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, clock.millis() - now.receivedMillis()));
    }

    /**
     * For how long what is in force may have been behind the centre: since the last sign of a member, since the
     * subscription ended, or since a local copy was saved. Zero while the centre is being followed.
     */
    public Duration staleFor() {
        return Duration.ofNanos(feed.staleNanos());
    }

    /** The state that was vetoed last, unless a later one has been put in force. */
    public Optional<Vetoed> vetoed() {
        return Optional.ofNullable(feed.vetoed());
    }

    /** How many states were put in force so far. */
    public long appliedCount() {
        return feed.applied();
    }

    /** How many states were vetoed so far. */
    public long vetoedCount() {
        return feed.vetoes();
    }

    /** Waits until the centre has answered, for at most so long; returns whether it has. */
    public boolean awaitCentre(Duration timeout) throws InterruptedException {
        return feed.answered().await(timeout.toNanos(), TimeUnit.NANOSECONDS) && source() == ConfigSource.CENTRE;
    }

    /** Why no (more) updates come, if the centre said so. */
    public Optional<AttuneException> failure() {
        return Optional.ofNullable(feed.failure());
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(text(snapshot(), key));
    }

    public String getString(String key, String otherwise) {
        String value = text(snapshot(), key);
        return value == null ? otherwise : value;
    }

    public int getInt(String key, int otherwise) {
        return typed(key, otherwise, "a whole number", Integer::parseInt);
    }

    public long getLong(String key, long otherwise) {
        return typed(key, otherwise, "a whole number", Long::parseLong);
    }

    public double getDouble(String key, double otherwise) {
        return typed(key, otherwise, "a number", Double::parseDouble);
    }

    /** {@code true yes on 1} or {@code false no off 0}. */
    public boolean getBoolean(String key, boolean otherwise) {
        return typed(key, otherwise, "true or false", ConfigValues::bool);
    }

    /** {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h}, {@code 7d}, ISO-8601, or a number of milliseconds. */
    public Duration getDuration(String key, Duration otherwise) {
        return typed(key, otherwise, "a duration like 250ms, 2s or 5m", ConfigValues::duration);
    }

    /** A number of bytes: {@code 512}, {@code 64KB}, {@code 10MiB}; units are powers of 1024. */
    public long getSize(String key, long otherwise) {
        return typed(key, otherwise, "a size like 512, 64KB or 10MB", ConfigValues::size);
    }

    /** A constant by its name, whatever its case, dashes for underscores allowed. */
    public <E extends Enum<E>> E getEnum(String key, Class<E> type, E otherwise) {
        return typed(
                key,
                otherwise,
                "one of " + List.of(type.getEnumConstants()),
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    /** A value with commas, or the keys {@code key[0]}, {@code key[1]} …; empty when there is neither. */
    public List<String> getList(String key) {
        Map<String, String> keys = snapshot().keys();
        String value = text(snapshot(), key);
        if (value != null) return List.copyOf(ConfigValues.list(value));
        List<String> all = new ArrayList<>();
        for (String each = keys.get(key + "[0]"); each != null; each = keys.get(key + "[" + all.size() + "]"))
            all.add(each);
        return List.copyOf(all);
    }

    /** A value in a form of your own; {@code parser} fails with {@link IllegalArgumentException}. */
    public <T> Optional<T> get(String key, String expected, Function<String, T> parser) {
        return get(key).map(value -> ConfigValues.parse(key, value, expected, parser));
    }

    private <T> T typed(String key, T otherwise, String expected, Function<String, T> parser) {
        String value = text(snapshot(), key);
        return value == null ? otherwise : ConfigValues.parse(key, value, expected, parser);
    }

    /** The value of a key in a state; null when it has none. Notes that the key is read. */
    @Nullable String text(ConfigSnapshot state, String key) {
        feed.reporter().wasRead(key);
        return state.keys().get(key);
    }

    /** Notes that these keys are used, for who reads them by another way than through this object's methods. */
    public void wasRead(Collection<String> keys) {
        feed.reporter().wereRead(keys);
    }

    /**
     * A handle on one value that always reads the newest.
     *
     * @param type String, a number, Boolean, Duration, Instant, URI or an enum
     */
    public <T> Property<T> property(String key, Class<T> type) {
        return new Property<>(this, key, ValueType.of(type));
    }

    /**
     * Binds the keys below {@code prefix} to a record and keeps it current. From then on a state that does not bind is
     * vetoed as a whole. Fails with {@code INVALID_ARGUMENT} when the present one does not bind.
     *
     * @param prefix of the keys, without the dot; empty for all
     * @param type a record; see {@link DefaultValue}. What its constructor refuses is not put in force
     */
    public <T extends Record> Bound<T> bind(String prefix, Class<T> type) {
        return new Bound<>(this, prefix, type);
    }

    /** Asks {@code guard} before each new state is put in force; closing the result ends that. */
    public Registration guard(ConfigGuard guard) {
        return feed.guard(guard);
    }

    /** Has {@code participant} take part in how states come in force; closing the result ends that. */
    public Registration participate(ConfigParticipant participant) {
        return feed.participate(participant);
    }

    /**
     * From now on puts no further state in force until the result is closed; then those that came meanwhile are
     * checked and put in force, in order. For a program that reads one state until all its guards are in place.
     */
    public Registration hold() {
        return feed.hold();
    }

    /** A file of any format. */
    public Optional<FileContent> file(String name) {
        return Optional.ofNullable(snapshot().files().get(name));
    }

    /** A file's text, byte for byte as it was released. */
    public Optional<Bytes> text(String name) {
        return file(name).map(FileContent::text);
    }

    /** Tells {@code listener} of every change from now on; closing the result ends that. */
    public Registration onChange(ConfigListener listener) {
        return feed.add(listener);
    }

    /** Tells {@code listener} when the value of one key changes. */
    public Registration onChange(String key, KeyListener listener) {
        return onChange(change -> {
            Optional<String> before = change.oldValue(key);
            Optional<String> after = change.newValue(key);
            if (!before.equals(after)) listener.changed(before, after);
        });
    }

    /** Ends a listener when closed; a call under way goes on. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Told of one key's former and present value. */
    @FunctionalInterface
    public interface KeyListener {
        void changed(Optional<String> before, Optional<String> after);
    }

    /** Ends the subscription; what was read last stays readable. */
    @Override
    public void close() {
        feed.close();
    }
}
