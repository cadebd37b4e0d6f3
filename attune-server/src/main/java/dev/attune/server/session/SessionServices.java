package dev.attune.server.session;

import dev.attune.model.session.ServerFrame;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.files.FileService;
import dev.attune.server.instances.InstanceRegistry;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.rollouts.Voters;
import dev.attune.server.signals.Intake;
import dev.attune.server.subscribe.Subscriptions;
import java.util.function.Supplier;

/**
 * What sessions are a thin layer over.
 *
 * @param hello how this member introduces itself at the moment
 */
public record SessionServices(
        Keyspace keyspace,
        Leases leases,
        Subscriptions subscriptions,
        Authorizer authorizer,
        Supplier<ServerFrame.Hello> hello,
        FileService files,
        Fleet fleet) {
    /**
     * What the instances behind sessions say.
     *
     * @param instances who is there, and what became of its releases
     * @param voters who takes part in rollouts
     * @param intake what is measured
     */
    public record Fleet(InstanceRegistry instances, Voters voters, Intake intake) {
        /** Heard by nobody. */
        public static final Fleet NONE = new Fleet(InstanceRegistry.NONE, Voters.NONE, Intake.NONE);
    }

    /** With instances that nobody hears. */
    public SessionServices(
            Keyspace keyspace,
            Leases leases,
            Subscriptions subscriptions,
            Authorizer authorizer,
            Supplier<ServerFrame.Hello> hello,
            FileService files) {
        this(keyspace, leases, subscriptions, authorizer, hello, files, Fleet.NONE);
    }
}
