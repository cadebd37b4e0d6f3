package dev.attune.simulator.world;

import dev.attune.model.AttuneException;
import dev.attune.simulator.client.Reply;
import dev.attune.simulator.reach.Marker;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.CommandResult;
import dev.attune.store.LeaseClock;
import java.util.OptionalLong;

/** The real clock of leases on one server, and what its host does about it. */
final class ServerLeases {
    private static final long LOOK = 50_000;

    private final Server server;
    private final Shared shared;
    private LeaseClock clock;
    private long leadingRound;
    private boolean claiming;
    private int life;

    ServerLeases(Server server, Shared shared) {
        this.server = server;
        this.shared = shared;
        clock = newClock();
    }

    private LeaseClock newClock() {
        return shared.parts().leaseClock(() -> server.clock().nanos(), () -> server.machine()
                .state()
                .leases());
    }

    /** The server has started. */
    void restart() {
        clock = newClock();
        claiming = false;
        leadingRound = 0;
        look(++life);
    }

    void crash() {
        life++;
    }

    /** The server leads in this round now; 0 for not at all. */
    void leads(long round) {
        if (round == leadingRound) return;
        claiming = false;
        if (leadingRound != 0) clock.leadershipChanged(false, leadingRound);
        if (round != 0) clock.leadershipChanged(true, round);
        leadingRound = round;
    }

    /** Something was applied. */
    void applied() {
        clock.leasesChanged();
    }

    private void look(int of) {
        shared.time().after(LOOK, () -> {
            if (of != life) return;
            if (!server.isPaused()) {
                claim();
                expire();
            }
            if (of == life) look(of);
        });
    }

    private void claim() {
        OptionalLong term = clock.unclaimed();
        if (term.isEmpty() || claiming) return;
        claiming = true;
        int of = life;
        propose(new Command.KeepLeases(term.getAsLong()), reply -> {
            if (of != life) return;
            claiming = false;
            if (reply instanceof Reply.Answer answer && answer.result().error() == null) {
                shared.reach().mark(Marker.LEASES_TAKEN_OVER);
                clock.claimed(term.getAsLong());
            }
        });
    }

    private void expire() {
        int of = life;
        for (Command.ExpireLease over : clock.expired()) {
            shared.trace().note(server.name(), "lease over", over.id(), over.term());
            propose(over, reply -> {
                if (of != life) return;
                if (reply instanceof Reply.Refused) {
                    clock.again(over.id());
                } else {
                    shared.reach().mark(Marker.LEASE_EXPIRED);
                    clock.ended(over.id());
                }
            });
        }
    }

    private void propose(Command command, java.util.function.Consumer<Reply> outcome) {
        server.requests().proposeHere(CommandCodec.encode(command), outcome);
    }

    /** Gives a lease its time again; the answer, or why not. */
    Reply keepAlive(long id) {
        try {
            clock.keepAlive(id);
            return new Reply.Answer(CommandResult.ok(server.machine().state().revision(), null));
        } catch (AttuneException e) {
            return new Reply.Refused(e.code(), server.knownLeader());
        }
    }
}
