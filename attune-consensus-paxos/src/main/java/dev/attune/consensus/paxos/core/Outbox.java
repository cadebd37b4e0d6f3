package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.message.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Gathers the effects of the step under way. */
final class Outbox {
    private long step;
    private List<Effects.Write> writes = new ArrayList<>();
    private List<Effects.Outgoing> now = new ArrayList<>();
    private List<Effects.Outgoing> onceDurable = new ArrayList<>();
    private List<Effects.Chosen> chosen = new ArrayList<>();
    private List<Fact> facts = new ArrayList<>();

    void begin() {
        step++;
    }

    long step() {
        return step;
    }

    void write(Effects.Write write) {
        writes.add(write);
    }

    boolean hasWrites() {
        return !writes.isEmpty();
    }

    void send(MemberId to, Message message) {
        now.add(new Effects.Outgoing(to, message));
    }

    void sendOnceDurable(MemberId to, Message message) {
        onceDurable.add(new Effects.Outgoing(to, message));
    }

    void chosen(Effects.Chosen entry) {
        chosen.add(entry);
    }

    void fact(Fact fact) {
        facts.add(fact);
    }

    void reached(Marker marker) {
        facts.add(new Fact.Reached(marker));
    }

    Effects end() {
        Effects effects = new Effects(step, taken(writes), taken(now), taken(onceDurable), taken(chosen), taken(facts));
        if (!writes.isEmpty()) writes = new ArrayList<>();
        if (!now.isEmpty()) now = new ArrayList<>();
        if (!onceDurable.isEmpty()) onceDurable = new ArrayList<>();
        if (!chosen.isEmpty()) chosen = new ArrayList<>();
        if (!facts.isEmpty()) facts = new ArrayList<>();
        return effects;
    }

    private static <T> List<T> taken(List<T> list) {
        return list.isEmpty() ? List.of() : Collections.unmodifiableList(list);
    }
}
