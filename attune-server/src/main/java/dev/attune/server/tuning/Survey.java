package dev.attune.server.tuning;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Decoder;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.policies.PolicyTexts;
import dev.attune.tuning.guard.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Everything under {@link TuneKeys#all} at one revision, and how it is compared in transactions that rest on it. */
final class Survey {
    /** Changes of an application, and of all together, in an hour. */
    private static final int APPLICATION_PER_HOUR = 20;

    private static final int CLUSTER_PER_HOUR = 60;

    private final SortedMap<Bytes, KeyValue> found = new TreeMap<>();

    private Survey(List<KeyValue> all) {
        for (KeyValue each : all) found.put(each.key(), each);
    }

    static CompletableFuture<Survey> read(Reads reads, ReadLevel level) {
        return reads.found(Operation.Range.of(TuneKeys.all()), level).thenApply(read -> new Survey(read.keyValues()));
    }

    Optional<KeyValue> find(Bytes key) {
        return Optional.ofNullable(found.get(key));
    }

    /** That the key is as it was read. */
    Compare unchanged(Bytes key) {
        return Compare.modRevisionIs(key, find(key).map(KeyValue::modRevision).orElse(0L));
    }

    /** The files that hold, or held, policies. */
    List<Coordinate> sources() {
        List<Coordinate> files = new ArrayList<>();
        for (Bytes key : found.keySet()) if (PolicyTexts.sources().contains(key)) files.add(PolicyTexts.source(key));
        return files;
    }

    /** Where and by whom automation of the policy is switched off, or held; empty when it is not. */
    String killed(PolicyId policy, long nowMillis) {
        for (Bytes key : switches(policy)) {
            Optional<Hold> set = hold(key, nowMillis);
            if (set.isPresent())
                return TuneKeys.placeOfSwitch(key) + ", " + set.get().words();
        }
        return hold(TuneKeys.pause(policy), nowMillis)
                .map(each -> "policy, " + each.words())
                .orElse("");
    }

    /** The keys that may switch the policy off. */
    private static List<Bytes> switches(PolicyId policy) {
        return List.of(
                TuneKeys.killSwitch("", ""),
                TuneKeys.killSwitch(policy.environment(), ""),
                TuneKeys.killSwitch(policy.environment(), policy.application()));
    }

    /** Why a person keeps the key; empty when nobody does. */
    String pinned(PolicyId policy, String key, long nowMillis) {
        return hold(TuneKeys.pin(policy.environment(), policy.application(), key), nowMillis)
                .map(Hold::words)
                .orElse("");
    }

    private Optional<Hold> hold(Bytes key, long nowMillis) {
        return find(key).map(each -> Hold.decode(each.value())).filter(each -> each.holds(nowMillis));
    }

    /** That nobody has switched off, held or pinned anything meanwhile. */
    List<Compare> stillFree(PolicyId policy, String key) {
        List<Compare> compares = new ArrayList<>();
        for (Bytes each : switches(policy)) compares.add(unchanged(each));
        compares.add(unchanged(TuneKeys.pause(policy)));
        compares.add(unchanged(TuneKeys.pin(policy.environment(), policy.application(), key)));
        return compares;
    }

    Optional<PolicyState> state(PolicyId policy) {
        return find(TuneKeys.state(policy)).map(each -> PolicyState.decode(each.value()));
    }

    /** The states of all policies. */
    Map<PolicyId, PolicyState> states() {
        Map<PolicyId, PolicyState> states = new TreeMap<>();
        found.forEach((key, each) -> {
            if (TuneKeys.states().contains(key)) states.put(TuneKeys.ofState(key), PolicyState.decode(each.value()));
        });
        return states;
    }

    Budget applicationBudget(PolicyId policy, long nowMillis) {
        return budget(TuneKeys.budget(policy.environment(), policy.application()), APPLICATION_PER_HOUR, nowMillis);
    }

    Budget clusterBudget(long nowMillis) {
        return budget(TuneKeys.clusterBudget(), CLUSTER_PER_HOUR, nowMillis);
    }

    private Budget budget(Bytes key, int perHour, long nowMillis) {
        return find(key)
                .map(each -> Budget.read(new Decoder(each.value())))
                .orElseGet(() -> Budget.full(perHour, nowMillis))
                .at(nowMillis);
    }

    Optional<DecisionEntry.Measured> profile(PolicyId policy) {
        return find(TuneKeys.profile(policy))
                .map(each -> Profile.decode(each.value()).model());
    }
}
