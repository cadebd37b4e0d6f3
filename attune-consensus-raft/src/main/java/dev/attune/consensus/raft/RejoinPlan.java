package dev.attune.consensus.raft;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import dev.attune.storage.disk.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a member has come that must take part anew; kept durably, so that a restart at any moment goes on there.
 *
 * @param wanted what the member is to be in the end
 */
record RejoinPlan(Step step, Part wanted) {
    private static final String NAME = "rejoin";
    private static final String TEMPORARY = NAME + ".tmp";

    /** What is to be done next. */
    enum Step {
        /** The log is damaged: be silent until the others have committed a membership without this member. */
        LEAVING,
        /** That has happened: put the old files aside. */
        CLEARING,
        /** Follow with new files, until the membership says what is wanted. */
        JOINING
    }

    /** A member's part in the membership; the order is that of the wire. */
    enum Part {
        /** Not in it. */
        NONE,
        LEARNER,
        VOTER
    }

    /** The plan in {@code directory}; null when there is none. One that cannot be read counts as just begun. */
    static @Nullable RejoinPlan read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) return null;
        String[] words =
                Files.readString(file, StandardCharsets.ISO_8859_1).strip().split(" ", 3);
        try {
            if (words.length == 3 && words[2].equals(check(words[0], words[1])))
                return new RejoinPlan(Step.valueOf(words[0]), Part.valueOf(words[1]));
        } catch (IllegalArgumentException e) {
            // As damaged as any other.
        }
        return new RejoinPlan(Step.LEAVING, Part.NONE);
    }

    /** Returns once the plan is durable. */
    void write(Path directory) throws IOException {
        Disk disk = new FileDisk();
        Path temporary = directory.resolve(TEMPORARY);
        disk.delete(temporary);
        String text = step + " " + wanted + " " + check(step.name(), wanted.name()) + "\n";
        try (DiskFile file = disk.create(temporary)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
            file.force();
        }
        disk.rename(temporary, directory.resolve(NAME));
        disk.syncDirectory(directory);
    }

    /** Ends the plan. */
    static void delete(Path directory) throws IOException {
        Disk disk = new FileDisk();
        disk.delete(directory.resolve(NAME));
        disk.syncDirectory(directory);
    }

    private static String check(String step, String wanted) {
        CRC32C crc = new CRC32C();
        crc.update((step + " " + wanted).getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(crc.getValue());
    }
}
