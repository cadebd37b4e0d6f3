package dev.attune.storage.revisions;

import dev.attune.model.Bytes;
import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** How records lie in a page: length, check, bytes. */
final class CheckedRecordType extends BasicDataType<CheckedRecord> {
    private static final int OVERHEAD_BYTES = 64;

    @Override
    public int getMemory(CheckedRecord record) {
        return OVERHEAD_BYTES + record.bytes().size();
    }

    @Override
    public CheckedRecord[] createStorage(int size) {
        return new CheckedRecord[size];
    }

    @Override
    public void write(WriteBuffer target, CheckedRecord record) {
        byte[] bytes = record.bytes().unsafeArray();
        target.putVarInt(bytes.length).putInt(record.check()).put(bytes);
    }

    @Override
    public CheckedRecord read(ByteBuffer source) {
        int length = DataUtils.readVarInt(source);
        int check = source.getInt();
        if (length < 0 || length > source.remaining()) {
            throw new DamagedStoreException("a record of " + length + " bytes in a page of fewer", null);
        }
        byte[] bytes = new byte[length];
        source.get(bytes);
        return new CheckedRecord(check, Bytes.wrap(bytes));
    }
}
