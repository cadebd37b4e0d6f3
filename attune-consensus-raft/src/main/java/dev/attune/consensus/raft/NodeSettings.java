package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import dev.attune.transport.PeerTransport;

/** The library's settings as this project ships them: safe ones throughout, and sized for one small group. */
final class NodeSettings {
    static final String SNAPSHOT_DIRECTORY = "snapshots";

    private static final long LOG_MEMORY_BYTES_MAX = 64L << 20;
    private static final int HEARTBEATS_PER_TIMEOUT = 10;
    private static final int APPLY_BATCH = 128;
    private static final int FSYNC_BATCH_BYTES_MAX = 1 << 20;
    private static final int APPENDS_IN_FLIGHT_MAX = 128;
    private static final int CALLBACK_THREADS = 6;
    private static final int TIMER_THREADS = 2;

    private NodeSettings() {}

    static PeerNodeOptions of(
            RaftOptions options,
            PeerTransport transport,
            PeerNodeOptions.Acknowledged acknowledged,
            StorageFactory storages,
            StateMachine machine,
            FixedThreadsExecutorGroup senders) {
        PeerNodeOptions settings = new PeerNodeOptions(transport, acknowledged);
        int timeoutMillis = (int) options.electionTimeout().toMillis();
        settings.setElectionTimeoutMs(timeoutMillis);
        settings.setInitialConf(
                options.initial().voters().isEmpty() ? new Configuration() : Peers.configuration(options.initial()));
        settings.setFsm(machine);
        settings.setLogUri("attune");
        settings.setRaftMetaUri("attune");
        settings.setSnapshotUri(options.directory().resolve(SNAPSHOT_DIRECTORY).toString());
        settings.setServiceFactory(storages);
        // Snapshots are taken by the amount of log behind them, not by the clock.
        settings.setSnapshotIntervalSecs(0);
        settings.setDisableCli(true);
        settings.setEnableMetrics(false);
        settings.setTimerPoolSize(TIMER_THREADS);
        settings.setRpcProcessorThreadPoolSize(CALLBACK_THREADS);
        settings.setRpcDefaultTimeout(2 * timeoutMillis);
        settings.setAppendEntriesExecutors(senders);
        configure(settings.getRaftOptions(), options, timeoutMillis);
        return settings;
    }

    private static void configure(
            com.alipay.sofa.jraft.option.RaftOptions raft, RaftOptions options, int timeoutMillis) {
        raft.setSync(true);
        raft.setSyncMeta(true);
        raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        // Our log has its own checksums, over more than the entry.
        raft.setEnableLogEntryChecksum(false);
        raft.setMaxLogsInMemoryBytes(LOG_MEMORY_BYTES_MAX);
        raft.setElectionHeartbeatFactor(HEARTBEATS_PER_TIMEOUT);
        raft.setMaxElectionDelayMs(timeoutMillis / 2);
        raft.setDisruptorBufferSize(Integer.highestOneBit(Math.max(1024, options.proposalsMax())) * 2);
        raft.setApplyBatch(APPLY_BATCH);
        raft.setMaxAppendBufferSize(FSYNC_BATCH_BYTES_MAX);
        raft.setMaxReplicatorInflightMsgs(APPENDS_IN_FLIGHT_MAX);
        raft.setOpenStatistics(false);
    }
}
