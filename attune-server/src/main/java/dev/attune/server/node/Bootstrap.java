package dev.attune.server.node;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.kv.SystemKeys;
import dev.attune.server.audit.Audit;
import dev.attune.server.auth.Role;
import dev.attune.server.auth.TokenRecord;
import dev.attune.server.auth.Tokens;
import dev.attune.server.cluster.Member;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a node writes into the store before it serves: once per cluster, by whoever leads first, the cluster's identity
 * and the first administrator's token; and each node its own addresses.
 */
final class Bootstrap {
    /** How long a generated administrator's token is accepted: time enough to make a lasting one. */
    static final Duration FIRST_TOKEN_VALID = Duration.ofHours(24);

    /** Holds the identity of the data. */
    static final Bytes CLUSTER_ID = SystemKeys.of("cluster/id");

    private final Keyspace keyspace;
    private final Path tokenFile;
    private final Optional<String> givenToken;
    private final Clock clock;

    /**
     * @param tokenFile where a generated token goes, readable by the owner only
     * @param givenToken the administrator's token that the operator chose for all nodes alike; it does not
     *     end by itself
     */
    Bootstrap(Keyspace keyspace, Path tokenFile, Optional<String> givenToken, Clock clock) {
        this.keyspace = keyspace;
        this.tokenFile = tokenFile;
        this.givenToken = givenToken;
        this.clock = clock;
    }

    /** Initialises the cluster unless that was done; completes with whether this call did it. */
    CompletableFuture<Boolean> initialise() {
        return read(KeyRange.key(CLUSTER_ID)).thenCompose(found -> {
            if (!found.keyValues().isEmpty()) return CompletableFuture.completedFuture(false);
            TokenRecord record = newToken();
            Operation txn = new Operation.Txn(
                    List.of(Compare.absent(CLUSTER_ID)),
                    List.of(
                            Operation.Put.of(
                                    CLUSTER_ID, Bytes.utf8(UUID.randomUUID().toString())),
                            Operation.Put.of(record.key(), record.value()),
                            audit(record)),
                    List.of());
            return keyspace.write(new Command.Mutate(null, txn)).thenApply(done -> {
                boolean won = succeeded(done);
                if (!won && givenToken.isEmpty()) removeToken();
                return won;
            });
        });
    }

    /**
     * Makes a new administrator's token when every one has ended, so that whoever may start a node is never locked out.
     */
    CompletableFuture<Void> ensureAdministrator() {
        return read(KeyRange.prefix(TokenRecord.folder())).thenCompose(found -> {
            long now = clock.millis();
            boolean valid = found.keyValues().stream()
                    .map(kv -> TokenRecord.of(kv.key(), kv.value()))
                    .anyMatch(each -> each.role() == Role.ADMIN && !each.isExpired(now));
            if (valid) return CompletableFuture.completedFuture(null);
            TokenRecord record = newToken();
            Operation both = new Operation.Txn(
                    List.of(), List.of(Operation.Put.of(record.key(), record.value()), audit(record)), List.of());
            return keyspace.write(new Command.Mutate(null, both)).thenApply(done -> null);
        });
    }

    private Operation audit(TokenRecord made) {
        return new Audit(clock).record("bootstrap", "token.create", made.id() + " " + made.name(), "admin");
    }

    /** The file comes first: a token in the store that nobody holds would lock everybody out. */
    private TokenRecord newToken() {
        String token = givenToken.orElseGet(() -> Tokens.generate(new SecureRandom()));
        if (givenToken.isEmpty()) writeToken(token);
        long now = clock.millis();
        long ends = givenToken.isPresent() ? 0 : now + FIRST_TOKEN_VALID.toMillis();
        return Tokens.record(token, "bootstrap", Role.ADMIN, now, ends);
    }

    /** Tells the others where this node is, unless they know; completes when they do. */
    CompletableFuture<Void> announce(Member self) {
        return read(KeyRange.key(Member.key(self.id()))).thenCompose(found -> {
            if (found.keyValues().stream().anyMatch(kv -> kv.value().equals(self.value())))
                return CompletableFuture.completedFuture(null);
            Operation put = Operation.Put.of(Member.key(self.id()), self.value());
            return keyspace.write(new Command.Mutate(null, put)).thenApply(done -> null);
        });
    }

    private CompletableFuture<OperationResult.Range> read(KeyRange range) {
        return keyspace.read(Operation.Range.of(range), ReadLevel.LINEARIZABLE)
                .thenApply(done -> (OperationResult.Range) Objects.requireNonNull(done.result()));
    }

    private static boolean succeeded(CommandResult done) {
        return done.result() instanceof OperationResult.Txn txn && txn.succeeded();
    }

    private void writeToken(String token) {
        try {
            PrivateFile.write(tokenFile, token + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeToken() {
        try {
            Files.deleteIfExists(tokenFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
