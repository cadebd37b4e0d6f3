package dev.attune.server.session;

import dev.attune.model.session.ServerFrame;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.files.FileService;
import dev.attune.server.instances.InstanceRegistry;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.rollouts.Voters;
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
        InstanceRegistry instances,
        Voters voters) {
    /** Without a registry of instances, and without rollouts. */
    public SessionServices(
            Keyspace keyspace,
            Leases leases,
            Subscriptions subscriptions,
            Authorizer authorizer,
            Supplier<ServerFrame.Hello> hello,
            FileService files) {
        this(keyspace, leases, subscriptions, authorizer, hello, files, InstanceRegistry.NONE, Voters.NONE);
    }
}
