package dev.attune.simulator.client;

import dev.attune.client.session.RequestIds;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Operation;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.time.EventHeap;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client with one call open at a time. It repeats a request, under the same request id, until it is answered or its
 * patience ends; when it cannot know what became of a write it retires, and goes on as another process.
 */
public final class Client {
    private final EventHeap time;
    private final Chance chance;
    private final Cluster cluster;
    private final Workload workload;
    private final History history;
    private final FaultCounts counts;
    private final ClientRules rules;
    private final ClientOptions options;
    private int process;
    private RequestIds ids;
    private long index;
    private long seenRevision;
    // It changes its server before one in so many calls.
    private final int roams;
    private int server;
    private boolean stopped;
    private @Nullable Open open;

    public Client(Surroundings surroundings, Chance chance) {
        time = surroundings.time();
        this.chance = chance;
        cluster = surroundings.cluster();
        workload = surroundings.workload();
        history = surroundings.history();
        counts = surroundings.counts();
        rules = surroundings.rules();
        options = ClientOptions.draw(chance, surroundings.swarm());
        process = history.newProcess();
        ids = new RequestIds(process);
        server = chance.one(cluster.servers());
        roams = 1 << chance.between(0, 4);
    }

    /** The call that is under way. */
    private static final class Open {
        private final Action action;
        private final Request request;
        private final @Nullable RequestId id;
        private final long invokedAt;
        private int attempts;
        // Whether some attempt may have been, or may still be, applied.
        private boolean maybe;

        Open(Action action, Request request, @Nullable RequestId id, long invokedAt) {
            this.action = action;
            this.request = request;
            this.id = id;
            this.invokedAt = invokedAt;
        }
    }

    /** Begins to call, after a while. */
    public void start() {
        time.after(chance.between(0, options.thinks() * 2), this::invoke);
    }

    /** Begins no further call. */
    public void stop() {
        stopped = true;
    }

    /** Whether a call is under way. */
    public boolean isWaiting() {
        return open != null;
    }

    /** Records the open call, if any, as one whose end nobody knows. */
    public void abandon() {
        Open call = open;
        if (call != null) end(call, new Completion.Unknown("the run ended"));
        stopped = true;
    }

    private void invoke() {
        if (stopped) return;
        if (chance.below(roams) == 0) server = chance.one(cluster.servers());
        Action action = workload.next();
        Operation operation = Actions.operation(action);
        Request request;
        RequestId id = null;
        if (action.isRead()) {
            request = new Request.Read(operation, action.stale() ? seenRevision : -1);
        } else {
            id = ids.begin();
            request = new Request.Write(CommandCodec.encode(new Command.Mutate(id, operation)));
        }
        index++;
        Open call = new Open(action, request, id, time.now());
        open = call;
        attempt(call);
    }

    private void attempt(Open call) {
        if (open != call) return;
        if (++call.attempts > options.attempts() && history.mayGiveUp()) {
            counts.count(FaultKind.CLIENT_GIVES_UP);
            giveUp(call);
            return;
        }
        int attempt = call.attempts;
        Request request = call.request;
        if (attempt > 1 && request instanceof Request.Write write)
            request = new Request.Write(rules.repeated(write.command()));
        cluster.request(server, request, reply -> replied(call, attempt, reply));
        if (chance.permille(options.duplicates())) {
            counts.count(FaultKind.CLIENT_DUPLICATE);
            call.maybe = true;
            cluster.request(server, call.request, reply -> replied(call, attempt, reply));
        }
        time.after(options.waits(), () -> {
            if (open != call || call.attempts != attempt) return;
            if (options.impatient()) counts.count(FaultKind.CLIENT_TIMEOUT);
            call.maybe = true;
            server = chance.one(cluster.servers());
            attempt(call);
        });
    }

    private void replied(Open call, int attempt, Reply reply) {
        if (open != call) return;
        if (reply instanceof Reply.Answer answer) {
            Completion completion = Actions.completion(call.action, answer.result(), time.now());
            if (completion instanceof Completion.Ok ok) learn(call.action, ok);
            end(call, completion);
            return;
        }
        if (call.attempts != attempt) return;
        Reply.Refused refused = (Reply.Refused) reply;
        if (refused.code() == ErrorCode.OUTCOME_UNKNOWN) call.maybe = true;
        List<Integer> servers = cluster.servers();
        server = servers.contains(refused.leader()) ? refused.leader() : chance.one(servers);
        // Counts as an attempt of its own, so that the time-out of this one no longer does.
        call.attempts++;
        time.after(chance.between(2_000, 20_000), () -> {
            call.attempts--;
            attempt(call);
        });
    }

    private void learn(Action action, Completion.Ok ok) {
        seenRevision = Math.max(seenRevision, ok.revision());
        ok.observed().forEach((key, seen) -> workload.seen(key, seen.value()));
        if (ok.succeeded()) for (Action.Write write : action.writes()) workload.seen(write.key(), write.value());
    }

    private void giveUp(Open call) {
        boolean unknown = call.maybe && !call.action.isRead() && rules.admitsNotKnowing();
        end(
                call,
                unknown
                        ? new Completion.Unknown("gave up")
                        : new Completion.Failed(time.now(), "gave up; no attempt can have been applied"));
    }

    private void end(Open call, Completion completion) {
        open = null;
        RequestId id = call.id;
        if (id != null && !(completion instanceof Completion.Unknown)) ids.end(id);
        history.call(process, index, call.action, call.invokedAt, completion);
        if (completion instanceof Completion.Unknown) {
            process = history.newProcess();
            ids = new RequestIds(process);
            index = 0;
            seenRevision = 0;
        }
        if (!stopped) time.after(chance.between(options.thinks() / 2, options.thinks() * 3 / 2), this::invoke);
    }
}
