package dev.attune.server.node;

import dev.attune.server.api.AuditRoutes;
import dev.attune.server.audit.Audit;
import dev.attune.server.audit.AuditTrail;
import dev.attune.server.changes.ChangeRoutes;
import dev.attune.server.changes.ChangeService;
import dev.attune.server.estate.EstateRoutes;
import dev.attune.server.estate.Retention;
import dev.attune.server.files.FileBatch;
import dev.attune.server.files.FileService;
import dev.attune.server.files.GrayRoutes;
import dev.attune.server.files.SecretRoutes;
import dev.attune.server.files.SettingsRoutes;
import dev.attune.server.files.SettingsService;
import dev.attune.server.http.RouteTable;
import dev.attune.server.instances.InstanceRoutes;
import dev.attune.server.instances.Instances;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.rollouts.RolloutService;
import dev.attune.server.subscribe.EffectiveRoutes;
import dev.attune.server.subscribe.Reach;
import java.time.Clock;

/** Puts the services of the configuration centre together over one keyspace. */
final class Domain {
    private final Keyspace keyspace;
    private final Reads reads;
    private final FileService files;
    private final Audit audit;
    private final Clock clock;

    Domain(Keyspace keyspace, FileService files, Clock clock) {
        this.keyspace = keyspace;
        this.reads = new Reads(keyspace);
        this.files = files;
        this.audit = new Audit(clock);
        this.clock = clock;
    }

    void mount(RouteTable table, LeaderTasks leader, Instances instances, RolloutService rollouts) {
        new InstanceRoutes(instances, new Reach(keyspace), files).mount(table);
        new GrayRoutes(files).mount(table);
        SettingsService settings = new SettingsService(reads, audit);
        new SettingsRoutes(settings).mount(table);
        Retention retention = new Retention(reads, audit, clock);
        new EstateRoutes(files, settings, retention).mount(table);
        leader.every(3600, retention::run);
        new EffectiveRoutes(keyspace, files.secrets()).mount(table);
        ChangeService changes = new ChangeService(reads, new FileBatch(files.writes()), rollouts, audit, clock);
        new ChangeRoutes(changes, files.writes()).mount(table);
        leader.every(1, changes::releaseDue);
        new SecretRoutes(files).mount(table);
        AuditTrail trail = new AuditTrail(reads, audit);
        new AuditRoutes(trail).mount(table);
        leader.every(1, trail::seal);
    }
}
