package dev.attune.store;

final class InMemoryRevisionStoreTest extends RevisionStoreContract {
    @Override
    protected RevisionStore create() {
        return new InMemoryRevisionStore();
    }
}
