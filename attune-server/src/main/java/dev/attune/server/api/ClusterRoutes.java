package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.audit.AuditLog;
import dev.attune.server.auth.Permission;
import dev.attune.server.cluster.Cluster;
import dev.attune.server.cluster.ClusterStatus;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The cluster: status, members, leadership, backup. */
public final class ClusterRoutes implements Routes {
    private final Cluster cluster;
    private final AuditLog audit;

    public ClusterRoutes(Cluster cluster, AuditLog audit) {
        this.cluster = cluster;
        this.audit = audit;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/cluster", Permission.READ, "clusterStatus", this::status)
                .summary("What this node knows of the cluster"));
        table.add(Route.post("/api/v1/cluster/members", Permission.ADMIN, "memberAdd", this::add)
                .summary(
                        "Adds a learner: {\"id\": \"n4\", \"peerAddress\": \"host:7421\", \"apiAddress\": \"host:7420\"};"
                                + " with \"witness\": true one that keeps no data"));
        table.add(Route.post("/api/v1/cluster/members/{id}/promote", Permission.ADMIN, "memberPromote", this::promote)
                .summary("Gives a learner that has caught up a vote"));
        table.add(Route.delete("/api/v1/cluster/members/{id}", Permission.ADMIN, "memberRemove", this::remove)
                .summary("Takes a member out for good"));
        table.add(Route.post("/api/v1/cluster/transfer", Permission.ADMIN, "leaderTransfer", this::transfer)
                .summary("Hands leadership over: {\"to\": \"n2\"}"));
        table.add(Route.get("/api/v1/cluster/snapshot", Permission.ADMIN, "snapshotDownload", this::snapshot)
                .summary("All data as of one revision, with a checksum at its end"));
        table.add(Route.post("/api/v1/cluster/snapshot", Permission.ADMIN, "snapshotRestore", this::restore)
                .summary("Refused: a snapshot is restored offline into an empty data directory"));
    }

    private CompletableFuture<Reply> status(Request request) {
        ClusterStatus now = cluster.status();
        LogStatus log = now.log();
        ObjectNode json = Json.object()
                .put("clusterId", now.clusterId())
                .put("networkId", now.networkId())
                .put("self", log.self().value())
                .put("role", log.role().name().toLowerCase(Locale.ROOT))
                .put("leader", log.leader().map(MemberId::value).orElse(null))
                .put("term", log.term())
                .put("revision", now.revision())
                .put("firstIndex", log.firstIndex())
                .put("lastIndex", log.lastIndex())
                .put("committedIndex", log.committedIndex())
                .put("appliedIndex", log.appliedIndex())
                .put("stateHash", now.stateHash());
        ArrayNode members = json.putArray("members");
        Set<MemberId> ids = new TreeSet<>(log.membership().voters());
        ids.addAll(log.membership().learners());
        for (MemberId id : ids) members.add(member(now, id));
        ArrayNode alarms = json.putArray("alarms");
        now.alarms().forEach(alarms::add);
        return Reply.json(200, json).revision(now.revision()).now();
    }

    private static ObjectNode member(ClusterStatus now, MemberId id) {
        ObjectNode json = Json.object()
                .put("id", id.value())
                .put("kind", kind(now.log().membership(), id))
                .put("leader", now.log().leader().filter(id::equals).isPresent());
        now.members().stream().filter(each -> each.id().equals(id)).findFirst().ifPresent(known -> json.put(
                        "peerAddress", known.peerAddress())
                .put("apiAddress", known.apiAddress()));
        return json;
    }

    private static String kind(Membership members, MemberId id) {
        if (!members.voters().contains(id)) return "learner";
        return members.witnesses().contains(id) ? "witness" : "voter";
    }

    private CompletableFuture<Reply> add(Request request) {
        NewMember wanted = request.json(NewMember.class);
        if (wanted.id() == null || wanted.peerAddress() == null)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "id, peerAddress: missing (expected: both)");
        String apiAddress = wanted.apiAddress() == null ? "" : wanted.apiAddress();
        Member member = new Member(memberId(wanted.id()), wanted.peerAddress(), apiAddress);
        boolean witness = Boolean.TRUE.equals(wanted.witness());
        return recorded(
                        request,
                        "member.add",
                        member.id().value(),
                        () -> witness ? cluster.addWitness(member) : cluster.addLearner(member))
                .thenCompose(done -> status(request));
    }

    private CompletableFuture<Reply> promote(Request request) {
        MemberId member = memberId(request.path("id"));
        return recorded(request, "member.promote", member.value(), () -> cluster.promote(member))
                .thenCompose(done -> status(request));
    }

    private CompletableFuture<Reply> remove(Request request) {
        MemberId member = memberId(request.path("id"));
        return recorded(request, "member.remove", member.value(), () -> cluster.remove(member))
                .thenCompose(done -> status(request));
    }

    private CompletableFuture<Reply> transfer(Request request) {
        String to = request.json(Transfer.class).to();
        if (to == null) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "to: missing (expected: a member's id)");
        MemberId member = memberId(to);
        return recorded(request, "leader.transfer", to, () -> cluster.transferLeadership(member))
                .thenCompose(done -> status(request));
    }

    private CompletableFuture<Reply> snapshot(Request request) {
        // It holds everything that anybody may see.
        return recorded(request, "snapshot.download", "", () -> CompletableFuture.<Void>completedFuture(null))
                .thenApply(done -> Reply.download("application/octet-stream", cluster::writeBackup)
                        .header("Content-Disposition", "attachment; filename=\"attune.snapshot\""));
    }

    private CompletableFuture<Void> recorded(
            Request request, String action, String target, Supplier<CompletableFuture<Void>> step) {
        return audit.around(request.principal().name(), action, target, step);
    }

    private CompletableFuture<Reply> restore(Request request) {
        throw new AttuneException(
                ErrorCode.FAILED_PRECONDITION,
                "A running cluster is never overwritten. Start a new one from the file, in an empty data directory: attune"
                        + " server --data-dir DIR --restore FILE; or make the directory only: attune cluster snapshot"
                        + " restore FILE --data-dir DIR.");
    }

    private static MemberId memberId(String text) {
        try {
            return new MemberId(text);
        } catch (IllegalArgumentException e) {
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "member id: malformed (expected: 1 to 63 of a-z, 0-9 and inner dashes)",
                    e);
        }
    }

    /** The body of an addition. */
    record NewMember(
            @Nullable String id,
            @Nullable String peerAddress,
            @Nullable String apiAddress,
            @Nullable Boolean witness) {}

    /** The body of a transfer. */
    record Transfer(@Nullable String to) {}
}
