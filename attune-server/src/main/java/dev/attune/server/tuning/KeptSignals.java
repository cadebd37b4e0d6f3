package dev.attune.server.tuning;

import dev.attune.server.signals.SignalScope;
import dev.attune.server.signals.Signals;
import dev.attune.tuning.signal.Selector;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The signals that this node keeps while it leads, as policies ask for them. */
public final class KeptSignals implements PolicySignals {
    private static final String OWNER = "policies";

    private final Signals signals;
    private final Executor workers;
    private final Clock clock;

    public KeptSignals(Signals signals, Executor workers, Clock clock) {
        this.signals = signals;
        this.workers = workers;
        this.clock = clock;
    }

    @Override
    public void want(String environment, String application, List<Selector> selectors) {
        signals.want(new SignalScope(environment, application), OWNER, selectors, List.of());
    }

    @Override
    public long sinceMillis() {
        return signals.sinceMillis();
    }

    @Override
    public <T> CompletableFuture<T> ask(String environment, String application, Question<T> question) {
        SignalScope scope = new SignalScope(environment, application);
        return CompletableFuture.supplyAsync(
                () -> signals.ask(scope, clock.millis(), view -> question.answer(view.store(), view.fleet())), workers);
    }
}
