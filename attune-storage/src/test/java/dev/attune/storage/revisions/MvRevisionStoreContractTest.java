package dev.attune.storage.revisions;

import dev.attune.store.RevisionStore;
import dev.attune.store.RevisionStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** {@link MvRevisionStore} does what every store does. */
final class MvRevisionStoreContractTest extends RevisionStoreContract {
    @TempDir
    Path directory;

    @Override
    protected RevisionStore create() throws IOException {
        return MvRevisionStore.open(directory, new RevisionOptions(1, 100, 2));
    }
}
