package dev.attune.server.instances;

import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.session.ClientFrame;
import dev.attune.server.subscribe.Follower;
import java.util.List;
import java.util.Set;

/** Where connections note which instances are there and what these report. Callable from any thread; never blocks. */
@FunctionalInterface
public interface InstanceRegistry {
    /** Forgets everything. */
    InstanceRegistry NONE = (spec, files, votes) -> new Entry() {
        @Override
        public void offered(ConfigUpdate update) {}

        @Override
        public void report(List<ClientFrame.FileState> states, List<String> readKeys) {}

        @Override
        public void left() {}
    };

    /**
     * An instance has subscribed.
     *
     * @param votes whether it takes part in rollouts
     */
    Entry joined(InstanceSpec spec, Set<String> files, boolean votes);

    /** Somebody who only listens has subscribed. */
    default Entry follows(InstanceSpec spec, Set<String> files) {
        return joined(spec, files, false);
    }

    /** A subscription of an instance. */
    interface Entry extends Follower {
        /** It reported. */
        void report(List<ClientFrame.FileState> states, List<String> readKeys);
    }
}
