package dev.attune.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.UnsafeByteOperations;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.keyspace.UserKeys;
import dev.attune.store.WatchEvents;
import dev.attune.v1.DeleteRangeRequest;
import dev.attune.v1.DeleteRangeResponse;
import dev.attune.v1.Event;
import dev.attune.v1.KeyValue;
import dev.attune.v1.Keys;
import dev.attune.v1.PutRequest;
import dev.attune.v1.PutResponse;
import dev.attune.v1.RangeRequest;
import dev.attune.v1.RangeResponse;
import dev.attune.v1.TxnRequest;
import dev.attune.v1.TxnResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the messages of {@code attune.v1.Kv} and the values of the model. What comes from outside is confined to the
 * users' keys here; what does not make sense fails with {@code INVALID_ARGUMENT}.
 */
final class KvMessages {
    private KvMessages() {}

    static KeyRange keys(Keys keys) {
        KeyRange range =
                switch (keys.getWhichCase()) {
                    case KEY -> KeyRange.key(bytes(keys.getKey()));
                    case PREFIX -> KeyRange.prefix(bytes(keys.getPrefix()));
                    case INTERVAL ->
                        interval(
                                bytes(keys.getInterval().getStart()),
                                bytes(keys.getInterval().getEnd()));
                    case WHICH_NOT_SET -> throw invalid("keys: none (expected: key, prefix or interval)");
                };
        return UserKeys.range(range);
    }

    private static KeyRange interval(Bytes start, Bytes end) {
        if (start.isEmpty()) throw invalid("interval: empty start");
        return end.isEmpty() ? KeyRange.from(start) : new KeyRange(start, end);
    }

    static Operation.Range range(RangeRequest request) {
        if (request.getLimit() < 0) throw invalid("limit: negative");
        if (request.getRevision() < 0) throw invalid("revision: negative");
        var filter = request.getFilter();
        return new Operation.Range(
                keys(request.getKeys()),
                request.getLimit(),
                request.getRevision(),
                new Operation.Sort(
                        pick("sort_target", Operation.Sort.Target.values(), request.getSortTarget()),
                        pick("sort_order", Operation.Sort.Order.values(), request.getSortOrder())),
                pick("view", Operation.View.values(), request.getView()),
                new Operation.Filter(
                        filter.getModRevisionMin(),
                        filter.getModRevisionMax(),
                        filter.getCreateRevisionMin(),
                        filter.getCreateRevisionMax()));
    }

    static Operation.Put put(PutRequest request) {
        return new Operation.Put(
                UserKeys.key(bytes(request.getKey())),
                bytes(request.getValue()),
                request.getLeaseId(),
                request.getPrevious(),
                request.getKeepValue(),
                request.getKeepLease());
    }

    static Operation.Delete delete(DeleteRangeRequest request) {
        return new Operation.Delete(keys(request.getKeys()), request.getPrevious());
    }

    static Operation.Txn txn(TxnRequest request) {
        List<Compare> compares = new ArrayList<>(request.getComparesCount());
        for (dev.attune.v1.Compare each : request.getComparesList()) compares.add(compare(each));
        return new Operation.Txn(compares, operations(request.getThenList()), operations(request.getOtherwiseList()));
    }

    private static List<Operation> operations(List<dev.attune.v1.Operation> requests) {
        List<Operation> operations = new ArrayList<>(requests.size());
        for (dev.attune.v1.Operation each : requests)
            operations.add(
                    switch (each.getKindCase()) {
                        case RANGE -> range(each.getRange());
                        case PUT -> put(each.getPut());
                        case DELETE_RANGE -> delete(each.getDeleteRange());
                        case TXN -> txn(each.getTxn());
                        case KIND_NOT_SET ->
                            throw invalid("operation: none (expected: range, put, delete_range or txn)");
                    });
        return operations;
    }

    private static Compare compare(dev.attune.v1.Compare compare) {
        Compare.Target target =
                switch (compare.getWithCase()) {
                    case VERSION -> Compare.Target.VERSION;
                    case CREATE_REVISION -> Compare.Target.CREATE_REVISION;
                    case MOD_REVISION -> Compare.Target.MOD_REVISION;
                    case VALUE -> Compare.Target.VALUE;
                    case LEASE_ID -> Compare.Target.LEASE;
                    case WITH_NOT_SET -> throw invalid("compare: with nothing");
                };
        long number =
                switch (compare.getWithCase()) {
                    case VERSION -> compare.getVersion();
                    case CREATE_REVISION -> compare.getCreateRevision();
                    case MOD_REVISION -> compare.getModRevision();
                    case LEASE_ID -> compare.getLeaseId();
                    case VALUE, WITH_NOT_SET -> 0;
                };
        return new Compare(
                keys(compare.getKeys()),
                target,
                pick("relation", Compare.Relation.values(), compare.getRelation()),
                number,
                bytes(compare.getValue()));
    }

    /** The constant with the same number; both sides number them alike. */
    private static <E> E pick(String name, E[] constants, ProtocolMessageEnum wanted) {
        // An unknown constant has no number to ask for.
        String word = wanted.toString();
        if (word.equals("UNRECOGNIZED") || wanted.getNumber() >= constants.length) throw invalid(name + ": unknown");
        return constants[wanted.getNumber()];
    }

    static RangeResponse range(long revision, OperationResult.Range result) {
        RangeResponse.Builder answer = RangeResponse.newBuilder()
                .setRevision(revision)
                .setMore(result.more())
                .setCount(result.count());
        for (dev.attune.model.kv.KeyValue each : result.keyValues()) answer.addKeyValues(keyValue(each));
        return answer.build();
    }

    static PutResponse put(long revision, OperationResult.Put result) {
        PutResponse.Builder answer = PutResponse.newBuilder().setRevision(revision);
        dev.attune.model.kv.KeyValue previous = result.previous();
        if (previous != null) answer.setPrevious(keyValue(previous));
        return answer.build();
    }

    static DeleteRangeResponse delete(long revision, OperationResult.Delete result) {
        DeleteRangeResponse.Builder answer =
                DeleteRangeResponse.newBuilder().setRevision(revision).setDeleted(result.deleted());
        for (dev.attune.model.kv.KeyValue each : result.previous()) answer.addPrevious(keyValue(each));
        return answer.build();
    }

    static TxnResponse txn(long revision, OperationResult.Txn result) {
        TxnResponse.Builder answer =
                TxnResponse.newBuilder().setRevision(revision).setSucceeded(result.succeeded());
        for (OperationResult each : result.results()) answer.addResults(result(revision, each));
        return answer.build();
    }

    private static dev.attune.v1.OperationResult result(long revision, OperationResult result) {
        var answer = dev.attune.v1.OperationResult.newBuilder();
        return result.match(new OperationResult.Cases<dev.attune.v1.OperationResult.Builder>() {
                    @Override
                    public dev.attune.v1.OperationResult.Builder range(OperationResult.Range range) {
                        return answer.setRange(KvMessages.range(revision, range));
                    }

                    @Override
                    public dev.attune.v1.OperationResult.Builder put(OperationResult.Put put) {
                        return answer.setPut(KvMessages.put(revision, put));
                    }

                    @Override
                    public dev.attune.v1.OperationResult.Builder delete(OperationResult.Delete delete) {
                        return answer.setDeleteRange(KvMessages.delete(revision, delete));
                    }

                    @Override
                    public dev.attune.v1.OperationResult.Builder txn(OperationResult.Txn txn) {
                        return answer.setTxn(KvMessages.txn(revision, txn));
                    }
                })
                .build();
    }

    static dev.attune.v1.WatchEvents events(WatchEvents events) {
        var message = dev.attune.v1.WatchEvents.newBuilder()
                .setRevision(events.revision())
                .setLast(events.last());
        for (dev.attune.model.kv.Event each : events.events()) {
            Event.Builder event = Event.newBuilder();
            if (each.isDelete()) event.setDelete(keyValue(each.keyValue()));
            else event.setPut(keyValue(each.keyValue()));
            dev.attune.model.kv.KeyValue previous = each.previous();
            if (previous != null) event.setPrevious(keyValue(previous));
            message.addEvents(event);
        }
        return message.build();
    }

    private static KeyValue keyValue(dev.attune.model.kv.KeyValue keyValue) {
        return KeyValue.newBuilder()
                .setKey(string(keyValue.key()))
                .setValue(string(keyValue.value()))
                .setCreateRevision(keyValue.createRevision())
                .setModRevision(keyValue.modRevision())
                .setVersion(keyValue.version())
                .setLeaseId(keyValue.leaseId())
                .build();
    }

    private static Bytes bytes(ByteString string) {
        return Bytes.wrap(string.toByteArray());
    }

    /** Without a copy: neither side ever writes to the array. */
    private static ByteString string(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    private static AttuneException invalid(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
