package dev.attune.server.auth;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Bearer tokens: 256 random bits, of which the store keeps only the SHA-256. Random tokens need no slow hash, because
 * there is nothing to guess.
 */
public final class Tokens implements Authorizer {
    private static final String PREFIX = "attune_";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    private static final Duration VALID_MIN = Duration.ofSeconds(1);
    private static final Duration VALID_MAX = Duration.ofDays(3650);

    private final Keyspace keyspace;
    private final Reads reads;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Audit audit;
    private final Groups groups;

    public Tokens(Keyspace keyspace, Clock clock) {
        this.keyspace = keyspace;
        this.clock = clock;
        this.audit = new Audit(clock);
        this.reads = new Reads(keyspace);
        this.groups = new Groups(reads, audit);
    }

    /** The groups that scoped tokens may name. */
    public Groups groups() {
        return groups;
    }

    /** A new random token; nobody knows it but the caller. */
    public static String generate(SecureRandom random) {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Whether the text has a token's form, so that a short or guessable secret is never accepted as one. */
    public static boolean isToken(String text) {
        return FORM.matcher(text).matches();
    }

    /** The record of a token that was made elsewhere, for the start of a cluster. */
    public static TokenRecord record(String token, String name, Role role, long createdMillis, long expiresMillis) {
        if (!isToken(token))
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "token: not of the form " + PREFIX + "…43 characters");
        return new TokenRecord(TokenRecord.hashOf(token), name, role, createdMillis, expiresMillis, Scope.NONE);
    }

    @Override
    public CompletableFuture<Principal> authenticate(Optional<String> bearerToken) {
        if (bearerToken.isEmpty()) return CompletableFuture.completedFuture(Principal.ANONYMOUS);
        if (!isToken(bearerToken.get())) return unknown();
        Bytes key = TokenRecord.keyOfHash(TokenRecord.hashOf(bearerToken.get()));
        // This node may lag behind the token's creation: only a linearizable read may say that it does not exist.
        return find(key, ReadLevel.STALE)
                .thenCompose(here ->
                        here.isPresent() ? CompletableFuture.completedFuture(here) : find(key, ReadLevel.LINEARIZABLE))
                .thenCompose(found -> found.map(each -> principal(each.record(), each.revision()))
                        .orElseGet(Tokens::unknown));
    }

    /**
     * Makes a token; its text is in the answer and nowhere else.
     *
     * @param validFor empty for a token that does not end by itself
     * @param scope what a scoped token may do; {@link Scope#NONE} for other roles
     * @param who makes it
     */
    public CompletableFuture<Created> create(
            String name, Role role, Optional<Duration> validFor, Scope scope, String who) {
        if ((role == Role.SCOPED) == scope.equals(Scope.NONE))
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "grants, groups: " + (role == Role.SCOPED ? "missing" : "given")
                            + " (expected: with the role scoped, and only with it)");
        if (!NAME.matcher(name).matches())
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "name: not allowed (expected: 1 to 63 of A-Z, a-z, 0-9, . _ -)");
        long now = clock.millis();
        long ends = validFor.map(time -> now + within(time).toMillis()).orElse(0L);
        String token = generate(random);
        TokenRecord made = new TokenRecord(TokenRecord.hashOf(token), name, role, now, ends, scope);
        List<Operation> writes = List.of(
                Operation.Put.of(made.key(), made.value()),
                audit.record(who, "token.create", made.id() + " " + name, role.word()));
        Operation txn = new Operation.Txn(List.of(), writes, List.of());
        return keyspace.write(new Command.Mutate(null, txn)).thenApply(done -> new Created(token, made));
    }

    private static Duration within(Duration time) {
        if (time.compareTo(VALID_MIN) < 0 || time.compareTo(VALID_MAX) > 0)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "validSeconds: " + time.toSeconds() + " (expected: " + VALID_MIN.toSeconds() + ".."
                            + VALID_MAX.toSeconds() + ")");
        return time;
    }

    /** Every token's record. */
    public CompletableFuture<List<TokenRecord>> list() {
        return range(TokenRecord.folder(), ReadLevel.LINEARIZABLE).thenApply(all -> all.stream()
                .map(kv -> TokenRecord.of(kv.key(), kv.value()))
                .toList());
    }

    /** Takes a token back; the last administrator's is refused. */
    public CompletableFuture<Void> revoke(String id, String who) {
        if (!ID.matcher(id).matches())
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "id: not a token id (expected: 16 of 0-9 and a-f)");
        return range(TokenRecord.folder(), ReadLevel.LINEARIZABLE).thenCompose(all -> revoke(id, all, who));
    }

    private CompletableFuture<Void> revoke(String id, List<KeyValue> all, String who) {
        KeyValue target = null;
        KeyValue otherAdministrator = null;
        boolean administrator = false;
        for (KeyValue kv : all) {
            TokenRecord each = TokenRecord.of(kv.key(), kv.value());
            if (each.id().equals(id)) {
                target = kv;
                administrator = each.role() == Role.ADMIN;
            } else if (each.role() == Role.ADMIN && !each.isExpired(clock.millis())) {
                otherAdministrator = kv;
            }
        }
        if (target == null) throw new AttuneException(ErrorCode.NOT_FOUND, "No token has this id.");
        if (administrator && otherAdministrator == null)
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "This is the last administrator's token; make another administrator first.");
        Compare guard = Compare.exists(otherAdministrator == null ? target.key() : otherAdministrator.key());
        List<Operation> writes = List.of(Operation.Delete.of(target.key()), audit.record(who, "token.revoke", id, ""));
        Operation txn = new Operation.Txn(List.of(guard), writes, List.of());
        return keyspace.write(new Command.Mutate(null, txn)).thenAccept(Tokens::requireSucceeded);
    }

    /** Hears of rights that end, on a server thread; must not block. */
    public interface RightsListener {
        /** A token was taken away at a revision. */
        void tokenRevoked(String tokenId, long revision);

        /** A group has other grants since a revision, or none. */
        void groupChanged(String group, long revision);

        /** Any right may have ended unnoticed. */
        void unknown();
    }

    /** Tells of every right that ends from now on. */
    public void onChanged(RightsListener listener) {
        follow(
                KeyRange.prefix(TokenRecord.folder()),
                false,
                listener,
                each -> listener.tokenRevoked(
                        TokenRecord.idOfKey(each.keyValue().key()),
                        each.keyValue().modRevision()));
        follow(Scope.allGroups(), true, listener, each -> {
            if (each.isDelete() || !isSame(each))
                listener.groupChanged(
                        Scope.groupOf(each.keyValue().key()), each.keyValue().modRevision());
        });
    }

    private void follow(KeyRange range, boolean puts, RightsListener listener, Consumer<Event> then) {
        keyspace.watch(new WatchSpec(range, 0, puts, puts, true, false, 0), message -> {
            if (message instanceof WatchEvents events) events.events().forEach(then);
            if (message instanceof WatchMessage.Cancelled) {
                // What changed in between is not known: nobody keeps rights that nobody watches.
                follow(range, puts, listener, then);
                listener.unknown();
            }
            return true;
        });
    }

    private static boolean isSame(Event group) {
        KeyValue before = group.previous();
        return before != null && before.value().equals(group.keyValue().value());
    }

    private static void requireSucceeded(CommandResult result) {
        if (result.result() instanceof OperationResult.Txn txn && !txn.succeeded())
            throw new AttuneException(ErrorCode.CONFLICT, "The tokens have changed meanwhile.");
    }

    /** A token as of a revision. */
    private record Found(TokenRecord record, long revision) {}

    private CompletableFuture<Optional<Found>> find(Bytes key, ReadLevel level) {
        return reads.found(Operation.Range.of(KeyRange.key(key)), level).thenApply(read -> read.keyValues().stream()
                .findFirst()
                .map(kv -> new Found(TokenRecord.of(kv.key(), kv.value()), read.revision())));
    }

    private CompletableFuture<List<KeyValue>> range(Bytes prefix, ReadLevel level) {
        return reads.range(KeyRange.prefix(prefix), level);
    }

    private CompletableFuture<Principal> principal(TokenRecord record, long revision) {
        if (record.isExpired(clock.millis()))
            return CompletableFuture.failedFuture(new AttuneException(
                    ErrorCode.UNAUTHENTICATED,
                    "This token ended at " + Instant.ofEpochMilli(record.expiresMillis())
                            + ". An administrator makes a lasting one: attune token create NAME --role ROLE --to FILE."
                            + " When no administrator's token is valid any more, a node that is started again writes a"
                            + " new one into its data directory."));
        if (record.role() != Role.SCOPED)
            return CompletableFuture.completedFuture(new Principal(
                    record.name(), Optional.of(record.role()), record.id(), record.expiresMillis(), revision));
        return groups.rights(record.scope())
                .thenApply(rights -> new Principal(
                        record.name(),
                        Optional.of(Role.SCOPED),
                        record.id(),
                        record.expiresMillis(),
                        rights,
                        record.scope().groups(),
                        revision));
    }

    private static CompletableFuture<Principal> unknown() {
        return CompletableFuture.failedFuture(
                new AttuneException(ErrorCode.UNAUTHENTICATED, "This token is unknown or was revoked."));
    }

    /** A new token with its text. */
    public record Created(String token, TokenRecord record) {}
}
