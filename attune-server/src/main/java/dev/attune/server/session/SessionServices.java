package dev.attune.server.session;

import dev.attune.model.session.ServerFrame;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.files.FileService;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.subscribe.Subscriptions;
import java.time.Clock;
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
        FileService files) {
    /** With files as the keyspace holds them and the limits of the API. */
    public SessionServices(
            Keyspace keyspace,
            Leases leases,
            Subscriptions subscriptions,
            Authorizer authorizer,
            Supplier<ServerFrame.Hello> hello) {
        this(
                keyspace,
                leases,
                subscriptions,
                authorizer,
                hello,
                new FileService(keyspace, Clock.systemUTC(), FileService.TEXT_BYTES_MAX));
    }
}
