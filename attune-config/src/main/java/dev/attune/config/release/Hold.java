package dev.attune.config.release;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;

/**
 * A rollout's hold on a file: the release it brings, and who has it already.
 *
 * @param rollout number of the rollout within the file's environment
 * @param release the release that is being brought; 0 when the file is being deleted
 * @param former the release that was current before and is so again when the rollout is undone; 0 for none
 * @param cohort who gets it before everybody does; empty for nobody
 */
public record Hold(long rollout, long release, long former, Cohort cohort) {
    public Hold {
        if (rollout < 1) throw new IllegalArgumentException("rollout: " + rollout + " (expected: >= 1)");
        if (former < 0) throw new IllegalArgumentException("former: " + former + " (expected: >= 0)");
        if (release < 0 || release == former)
            throw new IllegalArgumentException("release: " + release + " (expected: >= 0 and not " + former + ")");
    }

    /** A hold under which nobody has the release yet. */
    public static Hold of(long rollout, long release, long former) {
        return new Hold(rollout, release, former, Cohort.NOBODY);
    }

    /** The same hold, with the release served to these. */
    public Hold with(Cohort now) {
        return new Hold(rollout, release, former, now);
    }

    void write(Encoder out) {
        out.varint(rollout).varint(release).varint(former);
        cohort.write(out);
    }

    static Hold read(Decoder in) {
        return new Hold(in.varint(), in.varint(), in.varint(), Cohort.read(in));
    }
}
