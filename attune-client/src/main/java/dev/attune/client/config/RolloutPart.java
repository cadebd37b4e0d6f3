package dev.attune.client.config;

import dev.attune.client.rollout.Participation;
import dev.attune.client.rollout.Participation.Act;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's part in rollouts: steps {@link Participation} and carries out what it says. Directives are handed in
 * on the listener thread, behind the decisions on the updates before them; the other methods are for any thread.
 */
final class RolloutPart {
    private static final System.Logger LOG = System.getLogger(RolloutPart.class.getName());

    private final Participation<ConfigSnapshot> core = new Participation<>(ConfigSnapshot::showsSameAs);
    private final Voting voting;
    private final Host host;

    /**
     * What a subscription lends.
     *
     * @param current the state in force
     * @param clusterId of the centre that is followed
     * @param say sends an answer; one that is lost is asked for again
     * @param disk runs what waits for a disk
     * @param store null when nothing is kept on disk: then a prepared state is held in memory only
     */
    record Host(
            Supplier<ConfigSnapshot> current,
            Supplier<String> clusterId,
            Consumer<Answer> say,
            Executor disk,
            @Nullable SnapshotStore store) {}

    RolloutPart(Voting voting, Host host) {
        this.voting = voting;
        this.host = host;
    }

    /** A staged state was found on disk. */
    synchronized void restored(SnapshotStore.Staged staged, ConfigSnapshot trial) {
        core.restored(staged.rollout(), staged.step(), trial);
    }

    /** See {@link Participation#isDecided}. */
    synchronized boolean isDecided(ConfigSnapshot current, ConfigSnapshot next) {
        return core.isDecided(current, next);
    }

    /** See {@link Participation#isWayBack}. */
    synchronized boolean isWayBack(ConfigSnapshot next) {
        return core.isWayBack(next);
    }

    synchronized void inForce(ConfigSnapshot before, ConfigSnapshot next) {
        core.inForce(before.source() == ConfigSource.NONE ? null : before, next);
    }

    synchronized void vetoed(String reason) {
        core.vetoed(reason);
    }

    synchronized void applied(String failure) {
        core.applied(failure);
    }

    /** Does what a directive asks. */
    void directed(Directive directive, @Nullable ConfigSnapshot trial) {
        List<Act<ConfigSnapshot>> acts;
        synchronized (this) {
            acts = core.directed(directive, trial);
        }
        acts.forEach(this::carryOut);
    }

    private void carryOut(Act<ConfigSnapshot> act) {
        if (act instanceof Act.Ask<ConfigSnapshot> ask) {
            vote(ask);
        } else if (act instanceof Act.Stage<ConfigSnapshot> stage) {
            host.disk().execute(() -> stage(stage));
        } else if (act instanceof Act.Say<ConfigSnapshot> say) {
            host.say().accept(say.answer());
        } else if (act instanceof Act.Unstage<ConfigSnapshot> unstage) {
            host.disk().execute(() -> unstage(unstage.rollout()));
        } else if (act instanceof Act.Abandon<ConfigSnapshot> abandon) {
            voting.abort(new ConfigChange(host.current().get(), abandon.trial()));
        }
    }

    private void vote(Act.Ask<ConfigSnapshot> ask) {
        String reason = voting.ask(new ConfigChange(host.current().get(), ask.trial()));
        if (!reason.isEmpty())
            LOG.log(System.Logger.Level.WARNING, "rollout " + ask.directive().rollout() + " rejected: " + reason);
        List<Act<ConfigSnapshot>> acts;
        synchronized (this) {
            acts = core.voted(ask.directive(), ask.trial(), reason);
        }
        acts.forEach(this::carryOut);
    }

    private void stage(Act.Stage<ConfigSnapshot> stage) {
        String failure = "";
        SnapshotStore store = host.store();
        Directive directive = stage.directive();
        if (store != null) {
            try {
                ConfigSnapshot trial = stage.trial();
                store.stage(new SnapshotStore.Staged(
                        directive.rollout(),
                        directive.step(),
                        new SnapshotStore.Saved(host.clusterId().get(), trial.receivedMillis(), trial.toUpdate())));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "rollout " + directive.rollout() + " not staged", e);
                failure = "not written to disk: " + e.getMessage();
            }
        }
        List<Act<ConfigSnapshot>> acts;
        synchronized (this) {
            acts = core.staged(directive, failure);
        }
        acts.forEach(this::carryOut);
    }

    private void unstage(long rollout) {
        SnapshotStore store = host.store();
        if (store == null) return;
        try {
            store.unstage(rollout);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "what was staged for rollout " + rollout + " not removed", e);
        }
    }
}
