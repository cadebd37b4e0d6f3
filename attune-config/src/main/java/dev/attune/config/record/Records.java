package dev.attune.config.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.attune.model.Bytes;
import dev.attune.model.wire.MalformedException;
import java.io.IOException;

/**
 * Java records ↔ stored bytes. Properties are written in one order, so equal records have equal bytes; properties that
 * a newer member wrote are skipped.
 */
public final class Records {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Records() {}

    /** The stored form. */
    public static Bytes write(Object record) {
        try {
            return Bytes.wrap(MAPPER.writeValueAsBytes(record));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not writable: " + record.getClass().getName(), e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws MalformedException when it did not
     */
    public static <T> T read(Bytes stored, Class<T> type) {
        try {
            return MAPPER.readValue(stored.unsafeArray(), type);
        } catch (IOException e) {
            throw new MalformedException("record: not a " + type.getSimpleName(), e);
        }
    }
}
