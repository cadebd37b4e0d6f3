package dev.attune.transport;

import com.google.protobuf.UnsafeByteOperations;
import dev.attune.transport.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;

/**
 * Cuts the stream into frames. A length is checked against what is allowed at that moment before anything of that
 * size is allocated: before the hello only {@link #HELLO_BYTES_MAX}, later the configured maximum.
 */
final class FrameDecoder extends ByteToMessageDecoder {
    static final int PREFACE = 0x41544e31;
    static final int HELLO_BYTES_MAX = 1024;

    private boolean prefaceExpected;
    private int bytesMax = HELLO_BYTES_MAX;

    FrameDecoder(boolean prefaceExpected) {
        this.prefaceExpected = prefaceExpected;
    }

    /** The peer has introduced itself: longer frames are welcome from now on. */
    void admit(int frameBytesMax) {
        bytesMax = frameBytesMax;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (prefaceExpected) {
            if (in.readableBytes() < 4) return;
            if (in.readInt() != PREFACE) throw new CorruptedFrameException("not a peer: wrong preface");
            prefaceExpected = false;
        }
        if (in.readableBytes() < 4) return;
        int length = in.getInt(in.readerIndex());
        if (length < 1 || length > bytesMax)
            throw new CorruptedFrameException("frame: " + length + " bytes (expected: 1.." + bytesMax + ")");
        if (in.readableBytes() < 4 + length) return;
        in.skipBytes(4);
        byte[] bytes = ByteBufUtil.getBytes(in, in.readerIndex(), length, true);
        in.skipBytes(length);
        out.add(Frame.parseFrom(UnsafeByteOperations.unsafeWrap(bytes)));
    }
}
