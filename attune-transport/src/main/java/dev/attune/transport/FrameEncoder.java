package dev.attune.transport;

import com.google.protobuf.CodedOutputStream;
import dev.attune.transport.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Turns frames into bytes. */
final class FrameEncoder {
    private FrameEncoder() {}

    /** Length and frame in one buffer. */
    static ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
        int size = frame.getSerializedSize();
        ByteBuf buffer = allocator.directBuffer(4 + size, 4 + size);
        buffer.writeInt(size);
        try {
            ByteBuffer target = buffer.nioBuffer(4, size);
            CodedOutputStream out = CodedOutputStream.newInstance(target);
            frame.writeTo(out);
            out.flush();
        } catch (IOException e) {
            buffer.release();
            throw new UncheckedIOException("a frame did not fit its own size", e);
        }
        buffer.writerIndex(4 + size);
        return buffer;
    }

    static ByteBuf preface() {
        return Unpooled.copyInt(FrameDecoder.PREFACE);
    }
}
