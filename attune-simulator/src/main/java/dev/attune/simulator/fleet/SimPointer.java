package dev.attune.simulator.fleet;

import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.SystemKeys;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.rollout.record.InstanceRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a file stands: what of a real pointer concerns rollouts.
 *
 * @param rollout that holds the file; 0 for none
 * @param cohortRelease what the cohort gets, 0 for no file; -1 for no cohort
 */
record SimPointer(long stable, long rollout, long cohortRelease, List<InstanceRef> cohort) {
    private static final String FOLDER = "pointer/";

    SimPointer {
        cohort = List.copyOf(cohort);
    }

    static Bytes key(Coordinate file) {
        return SystemKeys.of(FOLDER + file);
    }

    static boolean isKey(Bytes key) {
        return key.toUtf8().startsWith("\0" + FOLDER);
    }

    static Coordinate file(Bytes key) {
        String[] parts = key.toUtf8().substring(1 + FOLDER.length()).split("/", -1);
        return new Coordinate(parts[0], parts[1], parts[2], parts[3]);
    }

    long releaseFor(InstanceRef instance) {
        return cohortRelease >= 0 && cohort.contains(instance) ? cohortRelease : stable;
    }

    Bytes encode() {
        Encoder out = new Encoder().varint(stable).varint(rollout).varint(cohortRelease + 1);
        out.varint(cohort.size());
        for (InstanceRef each : cohort) out.text(each.application()).text(each.id());
        return out.toBytes();
    }

    static SimPointer decode(Bytes stored) {
        Decoder in = new Decoder(stored);
        long stable = in.varint();
        long rollout = in.varint();
        long cohortRelease = in.varint() - 1;
        List<InstanceRef> cohort = new ArrayList<>();
        for (int i = in.count(4); i > 0; i--) cohort.add(new InstanceRef(in.text(), in.text()));
        return new SimPointer(stable, rollout, cohortRelease, cohort);
    }
}
