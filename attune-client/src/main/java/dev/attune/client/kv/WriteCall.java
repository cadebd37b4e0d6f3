package dev.attune.client.kv;

import dev.attune.client.session.Call;
import dev.attune.client.session.RequestIds;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;

/** A put, delete or transaction under one request id. */
final class WriteCall extends Call<WriteOutcome> {
    private final RequestIds ids;
    private final RequestId requestId;
    private final Operation operation;

    WriteCall(RequestIds ids, Operation operation, long timeoutNanos) {
        super(true, timeoutNanos);
        this.ids = ids;
        this.requestId = ids.begin();
        this.operation = operation;
    }

    @Override
    protected ClientFrame frame(long callId) {
        return new ClientFrame.Write(callId, requestId, operation);
    }

    @Override
    protected void answered(ServerFrame.Result result) {
        ids.end(requestId);
        complete(new WriteOutcome.Ok(result.revision(), result.result()));
    }

    @Override
    protected void failed(ErrorCode code, String message) {
        ids.end(requestId);
        if (code == ErrorCode.OUTCOME_UNKNOWN) complete(new WriteOutcome.Unknown(requestId, message));
        else if (code == ErrorCode.ALREADY_APPLIED) complete(new WriteOutcome.Ok(0, null));
        else complete(new WriteOutcome.Failed(code, message));
    }
}
