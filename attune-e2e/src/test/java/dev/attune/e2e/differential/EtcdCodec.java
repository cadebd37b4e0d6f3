package dev.attune.e2e.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.store.WatchSpec;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Our vocabulary in etcd's messages and back. */
final class EtcdCodec {
    private EtcdCodec() {}

    static RangeRequest range(Operation.Range range) {
        return RangeRequest.newBuilder()
                .setKey(bytes(range.range().start()))
                .setRangeEnd(bytes(range.range().end()))
                .setLimit(range.limit())
                .setRevision(range.revision())
                .setSortTargetValue(range.sort().target().ordinal())
                .setSortOrderValue(range.sort().order().ordinal())
                .setKeysOnly(range.view() == Operation.View.KEYS_ONLY)
                .setCountOnly(range.view() == Operation.View.COUNT_ONLY)
                .setMinModRevision(range.filter().modRevisionMin())
                .setMaxModRevision(range.filter().modRevisionMax())
                .setMinCreateRevision(range.filter().createRevisionMin())
                .setMaxCreateRevision(range.filter().createRevisionMax())
                .build();
    }

    static PutRequest put(Operation.Put put) {
        return PutRequest.newBuilder()
                .setKey(bytes(put.key()))
                .setValue(bytes(put.value()))
                .setLease(put.leaseId())
                .setPrevKv(put.previous())
                .setIgnoreValue(put.keepValue())
                .setIgnoreLease(put.keepLease())
                .build();
    }

    static DeleteRangeRequest delete(Operation.Delete delete) {
        return DeleteRangeRequest.newBuilder()
                .setKey(bytes(delete.range().start()))
                .setRangeEnd(bytes(delete.range().end()))
                .setPrevKv(delete.previous())
                .build();
    }

    static TxnRequest txn(Operation.Txn txn) {
        TxnRequest.Builder builder = TxnRequest.newBuilder();
        for (Compare compare : txn.compares()) builder.addCompare(compare(compare));
        for (Operation operation : txn.then()) builder.addSuccess(operation(operation));
        for (Operation operation : txn.otherwise()) builder.addFailure(operation(operation));
        return builder.build();
    }

    private static io.etcd.jetcd.api.Compare compare(Compare compare) {
        io.etcd.jetcd.api.Compare.Builder builder = io.etcd.jetcd.api.Compare.newBuilder()
                .setKey(bytes(compare.range().start()))
                .setRangeEnd(bytes(compare.range().end()))
                .setTargetValue(compare.target().ordinal())
                .setResultValue(compare.relation().ordinal());
        return switch (compare.target()) {
            case VERSION -> builder.setVersion(compare.number()).build();
            case CREATE_REVISION -> builder.setCreateRevision(compare.number()).build();
            case MOD_REVISION -> builder.setModRevision(compare.number()).build();
            case VALUE -> builder.setValue(bytes(compare.value())).build();
            case LEASE -> builder.setUnknownFields(lease(compare.number())).build();
        };
    }

    /** The client's protocol files are older than comparing leases: etcd's field 8. */
    private static UnknownFieldSet lease(long id) {
        return UnknownFieldSet.newBuilder()
                .addField(8, UnknownFieldSet.Field.newBuilder().addVarint(id).build())
                .build();
    }

    private static RequestOp operation(Operation operation) {
        return operation.match(new Operation.Cases<RequestOp>() {
            @Override
            public RequestOp range(Operation.Range range) {
                return RequestOp.newBuilder()
                        .setRequestRange(EtcdCodec.range(range))
                        .build();
            }

            @Override
            public RequestOp put(Operation.Put put) {
                return RequestOp.newBuilder().setRequestPut(EtcdCodec.put(put)).build();
            }

            @Override
            public RequestOp delete(Operation.Delete delete) {
                return RequestOp.newBuilder()
                        .setRequestDeleteRange(EtcdCodec.delete(delete))
                        .build();
            }

            @Override
            public RequestOp txn(Operation.Txn txn) {
                return RequestOp.newBuilder().setRequestTxn(EtcdCodec.txn(txn)).build();
            }
        });
    }

    static OperationResult result(RangeResponse response) {
        return new OperationResult.Range(keyValues(response.getKvsList()), response.getMore(), response.getCount());
    }

    static OperationResult result(PutResponse response) {
        return new OperationResult.Put(response.hasPrevKv() ? keyValue(response.getPrevKv()) : null);
    }

    static OperationResult result(DeleteRangeResponse response) {
        return new OperationResult.Delete(response.getDeleted(), keyValues(response.getPrevKvsList()));
    }

    static OperationResult result(TxnResponse response) {
        List<OperationResult> results = new ArrayList<>();
        for (ResponseOp each : response.getResponsesList()) results.add(result(each));
        return new OperationResult.Txn(response.getSucceeded(), results);
    }

    private static OperationResult result(ResponseOp response) {
        return switch (response.getResponseCase()) {
            case RESPONSE_RANGE -> result(response.getResponseRange());
            case RESPONSE_PUT -> result(response.getResponsePut());
            case RESPONSE_DELETE_RANGE -> result(response.getResponseDeleteRange());
            case RESPONSE_TXN -> result(response.getResponseTxn());
            case RESPONSE_NOT_SET -> throw new IllegalStateException("etcd answered an operation with nothing");
        };
    }

    static WatchCreateRequest watch(WatchSpec spec) {
        WatchCreateRequest.Builder builder = WatchCreateRequest.newBuilder()
                .setKey(bytes(spec.range().start()))
                .setRangeEnd(bytes(spec.range().end()))
                .setStartRevision(spec.startRevision())
                .setPrevKv(spec.previous());
        if (!spec.puts()) builder.addFilters(WatchCreateRequest.FilterType.NOPUT);
        if (!spec.deletes()) builder.addFilters(WatchCreateRequest.FilterType.NODELETE);
        return builder.build();
    }

    static Event event(io.etcd.jetcd.api.Event event) {
        KeyValue now = keyValue(event.getKv());
        @Nullable KeyValue previous = event.hasPrevKv() ? keyValue(event.getPrevKv()) : null;
        return new Event(now, previous);
    }

    /** What a refusal of etcd is called here. */
    static ErrorCode error(StatusRuntimeException refusal) {
        String text = String.valueOf(refusal.getStatus().getDescription());
        if (text.contains("required revision has been compacted")) return ErrorCode.COMPACTED;
        if (text.contains("required revision is a future revision")) return ErrorCode.FUTURE_REVISION;
        if (text.contains("requested lease not found")) return ErrorCode.LEASE_NOT_FOUND;
        if (text.contains("lease already exists")) return ErrorCode.ALREADY_EXISTS;
        if (text.contains("key not found")) return ErrorCode.NOT_FOUND;
        return switch (refusal.getStatus().getCode()) {
            case INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
            default -> throw new IllegalStateException("etcd refused for a reason that is not expected here", refusal);
        };
    }

    private static List<KeyValue> keyValues(List<io.etcd.jetcd.api.KeyValue> list) {
        return list.stream().map(EtcdCodec::keyValue).toList();
    }

    private static KeyValue keyValue(io.etcd.jetcd.api.KeyValue kv) {
        return new KeyValue(
                bytes(kv.getKey()),
                bytes(kv.getValue()),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private static ByteString bytes(Bytes bytes) {
        return ByteString.copyFrom(bytes.unsafeArray());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }
}
