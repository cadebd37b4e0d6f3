package dev.attune.client.file;

import dev.attune.client.session.Call;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import java.util.function.LongFunction;

/** A call that is answered with a release. */
final class FileCall extends Call<FileRelease> {
    private final LongFunction<ClientFrame> frame;

    FileCall(boolean mutation, LongFunction<ClientFrame> frame, long timeoutNanos) {
        super(mutation, timeoutNanos);
        this.frame = frame;
    }

    @Override
    protected ClientFrame frame(long callId) {
        return frame.apply(callId);
    }

    @Override
    protected void answered(ServerFrame.Result result) {
        failed(ErrorCode.INTERNAL, "answered without a release");
    }

    @Override
    protected void released(ServerFrame.Released release) {
        complete(new FileRelease(release.release(), release.created(), release.revision()));
    }

    @Override
    protected void failed(ErrorCode code, String message) {
        // The base may have gone because an earlier attempt of this very call replaced it.
        boolean open = code == ErrorCode.CONFLICT && wasRepeated();
        completeExceptionally(new AttuneException(open ? ErrorCode.OUTCOME_UNKNOWN : code, message));
    }
}
