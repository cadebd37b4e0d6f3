package dev.attune.server.instances;

import dev.attune.model.config.InstanceSpec;
import dev.attune.model.session.ClientFrame;
import java.util.List;
import java.util.Set;

/** Where connections note which instances are there and what these report. Callable from any thread; never blocks. */
@FunctionalInterface
public interface InstanceRegistry {
    /** Forgets everything. */
    InstanceRegistry NONE = (spec, files) -> new Entry() {
        @Override
        public void report(List<ClientFrame.FileState> states, List<String> readKeys) {}

        @Override
        public void left() {}
    };

    /** An instance has subscribed. */
    Entry joined(InstanceSpec spec, Set<String> files);

    /** A subscription of an instance. */
    interface Entry {
        /** It reported. */
        void report(List<ClientFrame.FileState> states, List<String> readKeys);

        /** It ended. */
        void left();
    }
}
