package dev.attune.client.kv;

import dev.attune.client.session.Call;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Operation;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;

/** A read; repeated freely. */
final class ReadCall extends Call<ServerFrame.Result> {
    private final Operation operation;
    private final ReadMode mode;

    ReadCall(Operation operation, ReadMode mode, long timeoutNanos) {
        super(false, timeoutNanos);
        this.operation = operation;
        this.mode = mode;
    }

    @Override
    protected ClientFrame frame(long callId) {
        return new ClientFrame.Read(callId, operation, mode.linearizable(), mode.minRevision());
    }

    @Override
    protected void answered(ServerFrame.Result result) {
        complete(result);
    }

    @Override
    protected void failed(ErrorCode code, String message) {
        completeExceptionally(new AttuneException(code, message));
    }
}
