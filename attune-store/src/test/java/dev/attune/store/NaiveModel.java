package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The store as one would write it without caring for speed: a copy of all keys for each revision. */
final class NaiveModel {
    final NavigableMap<Long, NavigableMap<Bytes, KeyValue>> states = new TreeMap<>();
    final List<Event> events = new ArrayList<>();
    final NavigableMap<Long, Long> leases = new TreeMap<>();
    private long keeper;
    long revision = 1;
    long compacted = -1;

    private NavigableMap<Bytes, KeyValue> before = new TreeMap<>();
    private NavigableMap<Bytes, KeyValue> now = new TreeMap<>();
    private boolean changed;

    NaiveModel() {
        states.put(1L, new TreeMap<>());
    }

    NavigableMap<Bytes, KeyValue> newest() {
        return Objects.requireNonNull(states.get(revision));
    }

    CommandResult apply(Command command) {
        before = newest();
        now = new TreeMap<>(before);
        changed = false;
        try {
            OperationResult result = run(command);
            if (changed) states.put(++revision, now);
            return CommandResult.ok(revision, result);
        } catch (Refused e) {
            return CommandResult.refused(revision, e.code, "");
        }
    }

    CommandResult read(Operation operation) {
        return apply(new Command.Mutate(null, operation));
    }

    private @Nullable OperationResult run(Command command) {
        if (command instanceof Command.Mutate mutate) {
            check(mutate.operation(), 128);
            if (mutate.operation() instanceof Operation.Txn txn) {
                puts(txn.then(), new ArrayList<>());
                puts(txn.otherwise(), new ArrayList<>());
                require(txn, true);
                require(txn, false);
            } else {
                if (mutate.operation() instanceof Operation.Put put) lease(put.leaseId());
                require(mutate.operation(), true);
                require(mutate.operation(), false);
            }
            return execute(mutate.operation());
        }
        if (command instanceof Command.Compact compact) {
            refuseIf(compact.revision() <= compacted, ErrorCode.COMPACTED);
            refuseIf(compact.revision() > revision, ErrorCode.FUTURE_REVISION);
            compacted = compact.revision();
        } else if (command instanceof Command.GrantLease grant) {
            refuseIf(grant.id() == 0 || grant.ttlMillis() < 1, ErrorCode.INVALID_ARGUMENT);
            refuseIf(leases.containsKey(grant.id()), ErrorCode.ALREADY_EXISTS);
            leases.put(grant.id(), grant.ttlMillis());
        } else if (command instanceof Command.RevokeLease revoke) {
            end(revoke.id());
        } else if (command instanceof Command.KeepLeases keep) {
            refuseIf(keep.term() < keeper, ErrorCode.CONFLICT);
            keeper = keep.term();
        } else if (command instanceof Command.ExpireLease expire) {
            refuseIf(expire.term() != keeper, ErrorCode.CONFLICT);
            end(expire.id());
        }
        return null;
    }

    private void end(long lease) {
        refuseIf(leases.remove(lease) == null, ErrorCode.LEASE_NOT_FOUND);
        for (KeyValue kv : List.copyOf(now.values())) if (kv.leaseId() == lease) delete(kv.key());
    }

    private void check(Operation operation, int allowance) {
        if (operation instanceof Operation.Range r) refuseIf(r.range().start().isEmpty(), ErrorCode.INVALID_ARGUMENT);
        if (operation instanceof Operation.Delete d) refuseIf(d.range().start().isEmpty(), ErrorCode.INVALID_ARGUMENT);
        if (operation instanceof Operation.Put p) {
            boolean contradicts = p.keepValue() && !p.value().isEmpty() || p.keepLease() && p.leaseId() != 0;
            refuseIf(p.key().isEmpty() || contradicts, ErrorCode.INVALID_ARGUMENT);
        }
        if (!(operation instanceof Operation.Txn txn)) return;
        int size = Stream.of(txn.compares(), txn.then(), txn.otherwise())
                .mapToInt(List::size)
                .max()
                .orElse(0);
        refuseIf(size > allowance, ErrorCode.INVALID_ARGUMENT);
        txn.then().forEach(each -> check(each, allowance - size));
        txn.otherwise().forEach(each -> check(each, allowance - size));
    }

    /** The keys a branch puts; adds to {@code deletes} what it deletes. Ends compare as bytes, as in etcd. */
    private static Set<Bytes> puts(List<Operation> branch, List<KeyRange> deletes) {
        Set<Bytes> puts = new HashSet<>();
        for (Operation each : branch) if (each instanceof Operation.Delete d) deletes.add(d.range());
        for (Operation each : branch) {
            if (!(each instanceof Operation.Txn txn)) continue;
            List<KeyRange> below = new ArrayList<>();
            List<KeyRange> belowOtherwise = new ArrayList<>();
            Set<Bytes> either = new HashSet<>(puts(txn.then(), below));
            either.addAll(puts(txn.otherwise(), belowOtherwise));
            below.addAll(belowOtherwise);
            for (Bytes key : either) refuseIf(!puts.add(key) || covered(deletes, key), ErrorCode.INVALID_ARGUMENT);
            deletes.addAll(below);
        }
        for (Operation each : branch)
            if (each instanceof Operation.Put p)
                refuseIf(!puts.add(p.key()) || covered(deletes, p.key()), ErrorCode.INVALID_ARGUMENT);
        return puts;
    }

    private static boolean covered(List<KeyRange> deletes, Bytes key) {
        return deletes.stream()
                .anyMatch(d -> d.isSingleKey()
                        ? d.start().equals(key)
                        : d.start().compareTo(key) <= 0 && key.compareTo(d.end()) < 0);
    }

    /** What the chosen branches need of the state before: first for all puts, then for all ranges. */
    private void require(Operation operation, boolean puts) {
        if (operation instanceof Operation.Put p && puts) {
            refuseIf((p.keepValue() || p.keepLease()) && !before.containsKey(p.key()), ErrorCode.NOT_FOUND);
            lease(p.leaseId());
        }
        if (operation instanceof Operation.Range r && !puts && r.revision() != 0) {
            refuseIf(r.revision() > revision, ErrorCode.FUTURE_REVISION);
            refuseIf(r.revision() < compacted, ErrorCode.COMPACTED);
        }
        if (operation instanceof Operation.Txn txn)
            for (Operation each : succeeds(txn) ? txn.then() : txn.otherwise()) require(each, puts);
    }

    private void lease(long id) {
        refuseIf(id != 0 && !leases.containsKey(id), ErrorCode.LEASE_NOT_FOUND);
    }

    private boolean succeeds(Operation.Txn txn) {
        return txn.compares().stream().allMatch(this::holds);
    }

    private boolean holds(Compare compare) {
        List<KeyValue> all = in(compare.range(), before);
        if (all.isEmpty()) {
            if (compare.target() == Compare.Target.VALUE) return false;
            all = List.of(new KeyValue(Bytes.EMPTY, Bytes.EMPTY, 0, 0, 0, 0));
        }
        return all.stream().allMatch(kv -> {
            int order = compare.target() == Compare.Target.VALUE
                    ? kv.value().compareTo(compare.value())
                    : Long.compare(number(kv, compare.target()), compare.number());
            return switch (compare.relation()) {
                case EQUAL -> order == 0;
                case GREATER -> order > 0;
                case LESS -> order < 0;
                case NOT_EQUAL -> order != 0;
            };
        });
    }

    private static long number(KeyValue kv, Compare.Target target) {
        return switch (target) {
            case VERSION -> kv.version();
            case CREATE_REVISION -> kv.createRevision();
            case MOD_REVISION -> kv.modRevision();
            case LEASE -> kv.leaseId();
            case VALUE -> throw new IllegalArgumentException();
        };
    }

    private OperationResult execute(Operation operation) {
        if (operation instanceof Operation.Range r) return range(r);
        if (operation instanceof Operation.Put p) return put(p);
        if (operation instanceof Operation.Delete d) {
            List<KeyValue> gone = in(d.range(), now);
            gone.forEach(kv -> delete(kv.key()));
            return new OperationResult.Delete(gone.size(), d.previous() ? gone : List.of());
        }
        Operation.Txn txn = (Operation.Txn) operation;
        boolean succeeded = succeeds(txn);
        List<OperationResult> results = new ArrayList<>();
        for (Operation each : succeeded ? txn.then() : txn.otherwise()) results.add(execute(each));
        return new OperationResult.Txn(succeeded, results);
    }

    private OperationResult put(Operation.Put p) {
        KeyValue old = now.get(p.key());
        KeyValue kept = old != null ? old : before.get(p.key());
        Bytes value = p.keepValue() && kept != null ? kept.value() : p.value();
        long lease = p.keepLease() && kept != null ? kept.leaseId() : p.leaseId();
        long at = revision + 1;
        KeyValue made = old == null
                ? new KeyValue(p.key(), value, at, at, 1, lease)
                : new KeyValue(p.key(), value, old.createRevision(), at, old.version() + 1, lease);
        now.put(p.key(), made);
        changed = true;
        boolean created = made.createRevision() == at;
        events.add(new Event(made, created ? null : before.get(p.key())));
        return new OperationResult.Put(p.previous() ? old : null);
    }

    private void delete(Bytes key) {
        now.remove(key);
        changed = true;
        events.add(new Event(KeyValue.deleted(key, revision + 1), before.get(key)));
    }

    private OperationResult range(Operation.Range r) {
        List<KeyValue> all = in(r.range(), r.revision() == 0 ? now : stateAt(r.revision()));
        long count = all.size();
        if (r.view() == Operation.View.COUNT_ONLY) return new OperationResult.Range(List.of(), false, count);
        Operation.Filter f = r.filter();
        boolean plain = r.sort().order() == Operation.Sort.Order.NONE && f.equals(Operation.Filter.NONE);
        Stream<KeyValue> left = all.stream();
        if (plain && r.limit() > 0) left = left.limit(r.limit() + 1);
        if (f.modRevisionMin() > 0) left = left.filter(kv -> kv.modRevision() >= f.modRevisionMin());
        if (f.modRevisionMax() > 0) left = left.filter(kv -> kv.modRevision() <= f.modRevisionMax());
        if (f.createRevisionMin() > 0) left = left.filter(kv -> kv.createRevision() >= f.createRevisionMin());
        if (f.createRevisionMax() > 0) left = left.filter(kv -> kv.createRevision() <= f.createRevisionMax());
        Comparator<KeyValue> order =
                switch (r.sort().target()) {
                    case KEY -> Comparator.comparing(KeyValue::key);
                    case VERSION -> Comparator.comparing(KeyValue::version);
                    case CREATE_REVISION -> Comparator.comparing(KeyValue::createRevision);
                    case MOD_REVISION -> Comparator.comparing(KeyValue::modRevision);
                    case VALUE -> Comparator.comparing(KeyValue::value);
                };
        if (r.sort().order() == Operation.Sort.Order.DESCENDING) order = order.reversed();
        List<KeyValue> found = left.sorted(order).collect(Collectors.toList());
        boolean more = r.limit() > 0 && found.size() > r.limit();
        if (more) found = found.subList(0, (int) r.limit());
        if (r.view() == Operation.View.KEYS_ONLY) found.replaceAll(KeyValue::withoutValue);
        return new OperationResult.Range(found, more, count);
    }

    private NavigableMap<Bytes, KeyValue> stateAt(long at) {
        return states.floorEntry(at).getValue();
    }

    private static List<KeyValue> in(KeyRange range, NavigableMap<Bytes, KeyValue> state) {
        return state.values().stream().filter(kv -> range.contains(kv.key())).toList();
    }

    private static void refuseIf(boolean condition, ErrorCode code) {
        if (condition) throw new Refused(code);
    }

    private static final class Refused extends RuntimeException {
        private final ErrorCode code;

        Refused(ErrorCode code) {
            super(code.name());
            this.code = code;
        }
    }
}
