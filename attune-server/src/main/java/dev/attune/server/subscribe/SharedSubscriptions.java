package dev.attune.server.subscribe;

import dev.attune.config.release.Lookup;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.config.Names;
import dev.attune.server.auth.Rights;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.secrets.Secrets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Subscriptions over the keyspace: the subscribers of one application share one watch, one parsed state and, when they
 * look the same way, one encoded form of each update.
 */
public final class SharedSubscriptions implements Subscriptions {
    private final Keyspace keyspace;
    private final Secrets secrets;
    private final Executor workers;
    private final ConcurrentHashMap<Application, Shared> followers = new ConcurrentHashMap<>();

    /**
     * @param workers runs the followers, each on one thread at a time; must not be the threads that offer watch
     *     messages
     */
    public SharedSubscriptions(Keyspace keyspace, Executor workers) {
        this(keyspace, workers, Secrets.none());
    }

    /**
     * @param workers as above
     * @param secrets opens secret values for those who may read them
     */
    public SharedSubscriptions(Keyspace keyspace, Executor workers, Secrets secrets) {
        this.secrets = secrets;
        this.keyspace = keyspace;
        this.workers = workers;
    }

    @Override
    public Subscription subscribe(
            InstanceSpec spec, Set<String> files, long resumeAfterRevision, SubscriptionSink sink) {
        return subscribe(spec, files, Rights.NONE, resumeAfterRevision, sink);
    }

    @Override
    public Subscription subscribe(
            InstanceSpec spec, Set<String> files, Rights rights, long resumeAfterRevision, SubscriptionSink sink) {
        if (resumeAfterRevision < 0)
            throw new IllegalArgumentException("resumeAfterRevision: " + resumeAfterRevision + " (expected: >= 0)");
        files.forEach(file -> Names.require("file", file));
        ViewKey key = new ViewKey(Lookup.order(spec.cluster(), spec.dataCentre()), files, rights.ofSecrets());
        Application application = new Application(spec.environment(), spec.application());
        Shared shared = followers.compute(application, (name, present) -> {
            Shared one = present == null ? new Shared(follower(name)) : present;
            one.holders++;
            return one;
        });
        ApplicationFollower follower = shared.follower;
        Subscriber subscriber =
                new Subscriber(key, spec, resumeAfterRevision, sink, follower, () -> release(application));
        follower.join(subscriber);
        return subscriber;
    }

    /** How many applications are followed. */
    public int applicationCount() {
        return followers.size();
    }

    private ApplicationFollower follower(Application name) {
        return new ApplicationFollower(name.environment, name.application, keyspace, workers, secrets);
    }

    private void release(Application application) {
        followers.computeIfPresent(application, (name, shared) -> {
            if (--shared.holders > 0) return shared;
            shared.follower.stop();
            return null;
        });
    }

    private record Application(String environment, String application) {}

    /** A follower and how many subscribers hold it; the count changes only inside {@code compute}. */
    private static final class Shared {
        final ApplicationFollower follower;
        int holders;

        Shared(ApplicationFollower follower) {
            this.follower = follower;
        }
    }
}
