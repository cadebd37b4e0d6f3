package dev.attune.client.signal;

import dev.attune.model.signal.Measurement;
import java.util.function.Consumer;

/** Measures when it is asked to: a bridge to another library. Called by one thread, which it should not block for long. */
@FunctionalInterface
public interface SignalSource {
    /** Tells everything there is to tell now. */
    void collect(Consumer<Measurement> to);
}
