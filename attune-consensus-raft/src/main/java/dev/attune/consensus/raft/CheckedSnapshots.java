package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import dev.attune.storage.disk.FileDisk;
import dev.attune.storage.snapshot.DamagedSnapshotException;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.storage.snapshot.SnapshotHeader;
import dev.attune.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The library's snapshot directories, with what it notes of each (index, term, members) written a second time in our
 * checked format: its own note has no checksum, and a changed bit in it could change who votes (G7).
 */
final class CheckedSnapshots extends LocalSnapshotStorage {
    private static final String NOTE = "members";

    private final RaftOptions options;

    CheckedSnapshots(String path, @Nullable String temporary, RaftOptions options) {
        super(path, temporary, options);
        this.options = options;
    }

    @Override
    public @Nullable SnapshotWriter create() {
        return create(true);
    }

    @Override
    public @Nullable SnapshotWriter create(boolean fromEmpty) {
        SnapshotWriter plain = super.create(fromEmpty);
        if (plain == null) return null;
        NotingWriter writer = new NotingWriter(plain.getPath(), this, options);
        return writer.init(null) ? writer : null;
    }

    /** Refuses a snapshot whose note is not the one that was written. */
    static void check(String directory, SnapshotMeta meta) throws IOException {
        Path file = Path.of(directory, NOTE);
        try (SnapshotReader note = SnapshotFiles.read(new FileDisk(), file)) {
            if (Arrays.equals(note.readAllBytes(), meta.toByteArray())) return;
        } catch (NoSuchFileException e) {
            throw new DamagedSnapshotException("snapshot " + directory + " refused: who its members are is missing");
        }
        throw new DamagedSnapshotException("snapshot " + directory + " refused: index, term or members were changed");
    }

    private static final class NotingWriter extends LocalSnapshotWriter {
        NotingWriter(String path, LocalSnapshotStorage storage, RaftOptions options) {
            super(path, storage, options);
        }

        @Override
        public boolean saveMeta(SnapshotMeta meta) {
            // Of a snapshot that is being fetched nothing is here yet; the note comes with it, as it was written.
            if (listFiles().isEmpty()) return super.saveMeta(meta);
            try {
                SnapshotFiles.write(
                        new FileDisk(),
                        Path.of(getPath(), NOTE),
                        new SnapshotHeader("", meta.getLastIncludedIndex(), meta.getLastIncludedTerm()),
                        out -> out.write(meta.toByteArray()));
            } catch (IOException e) {
                return false;
            }
            return addFile(NOTE) && super.saveMeta(meta);
        }
    }
}
