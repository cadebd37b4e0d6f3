package dev.attune.storage.revisions;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** How places lie in a page: the difference of each revision to the one before, then the number within it. */
final class PlaceType extends BasicDataType<Place> {
    private static final int MEMORY_BYTES = 32;

    @Override
    public int compare(Place a, Place b) {
        return a.compareTo(b);
    }

    @Override
    public int getMemory(Place place) {
        return MEMORY_BYTES;
    }

    @Override
    public boolean isMemoryEstimationAllowed() {
        return true;
    }

    @Override
    public Place[] createStorage(int size) {
        return new Place[size];
    }

    @Override
    public void write(WriteBuffer target, Place place) {
        target.putVarLong(place.revision()).putVarInt(place.sub());
    }

    @Override
    public Place read(ByteBuffer source) {
        return new Place(DataUtils.readVarLong(source), DataUtils.readVarInt(source));
    }

    @Override
    public void write(WriteBuffer target, Object storage, int count) {
        Place[] places = (Place[]) storage;
        long previous = 0;
        for (int i = 0; i < count; i++) {
            target.putVarLong(places[i].revision() - previous).putVarInt(places[i].sub());
            previous = places[i].revision();
        }
    }

    @Override
    public void read(ByteBuffer source, Object storage, int count) {
        Place[] places = (Place[]) storage;
        long previous = 0;
        for (int i = 0; i < count; i++) {
            previous += DataUtils.readVarLong(source);
            places[i] = new Place(previous, DataUtils.readVarInt(source));
        }
    }
}
