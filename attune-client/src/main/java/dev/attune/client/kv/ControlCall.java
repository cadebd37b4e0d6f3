package dev.attune.client.kv;

import dev.attune.client.session.Call;
import dev.attune.model.ErrorCode;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A lease or compaction call: changes the store but repeats harmlessly. */
final class ControlCall extends Call<WriteOutcome> {
    private final LongFunction<ClientFrame> frame;
    private final @Nullable ErrorCode doneCode;

    /** @param doneCode the refusal which, on a repeat, shows that an earlier attempt was carried out */
    ControlCall(LongFunction<ClientFrame> frame, @Nullable ErrorCode doneCode, long timeoutNanos) {
        super(true, timeoutNanos);
        this.frame = frame;
        this.doneCode = doneCode;
    }

    @Override
    protected ClientFrame frame(long callId) {
        return frame.apply(callId);
    }

    @Override
    protected void answered(ServerFrame.Result result) {
        complete(new WriteOutcome.Ok(result.revision(), null));
    }

    @Override
    protected void failed(ErrorCode code, String message) {
        if (code == ErrorCode.OUTCOME_UNKNOWN) complete(new WriteOutcome.Unknown(null, message));
        else if (code == doneCode && wasRepeated()) complete(new WriteOutcome.Ok(0, null));
        else complete(new WriteOutcome.Failed(code, message));
    }
}
