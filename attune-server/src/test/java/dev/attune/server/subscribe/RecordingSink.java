package dev.attune.server.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A client: puts updates in force and checks S1 on the way. Takes messages while {@code room} says so. */
final class RecordingSink implements SubscriptionSink {
    private final BooleanSupplier room;
    private final List<SubscriptionMessage> messages = new ArrayList<>();
    private final TreeMap<String, String> config = new TreeMap<>();
    private long revision;
    private int refusals;

    RecordingSink() {
        this(() -> true);
    }

    RecordingSink(BooleanSupplier room) {
        this.room = room;
    }

    @Override
    public synchronized boolean offer(SubscriptionMessage message) {
        if (!room.getAsBoolean()) {
            refusals++;
            return false;
        }
        messages.add(message);
        if (message instanceof SharedUpdate shared) apply(shared.update());
        return true;
    }

    private void apply(ConfigUpdate update) {
        assertThat(update.revision())
                .as("S1: the revision never goes backwards")
                .isGreaterThanOrEqualTo(revision);
        revision = update.revision();
        if (update.complete()) config.clear();
        for (FileContent file : update.files())
            config.put(file.file(), file.cluster() + ":" + file.text().toUtf8());
        update.removed().forEach(config::remove);
    }

    synchronized List<SubscriptionMessage> messages() {
        return List.copyOf(messages);
    }

    synchronized int count() {
        return messages.size();
    }

    synchronized ConfigUpdate update(int index) {
        return ((SharedUpdate) messages.get(index)).update();
    }

    /** File name to {@code cluster:text}. */
    synchronized Map<String, String> config() {
        return new TreeMap<>(config);
    }

    synchronized long revision() {
        return revision;
    }

    synchronized int refusals() {
        return refusals;
    }
}
