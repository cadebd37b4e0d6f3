package dev.attune.consensus.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.ConfigurationCodec;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Single rules, by hand; what follows from all of them together is {@link CoreWorldTest}'s. */
final class PaxosCoreTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final Configuration THREE = Configuration.initial(Membership.voters(A, B, C));
    private static final Ballot OF_B = new Ballot(5, "b");

    private final List<Effects.Write> writes = new ArrayList<>();
    private final List<Message> now = new ArrayList<>();
    private final List<Message> onceDurable = new ArrayList<>();
    private final List<Entry> chosen = new ArrayList<>();
    private final List<Marker> reached = new ArrayList<>();
    private long step;

    private PaxosCore core(Recovered recovered) {
        PaxosCore core = new PaxosCore(CoreOptions.of(A, 100), recovered, new Random(1));
        take(core, new Input.Tick(0));
        return core;
    }

    private void take(PaxosCore core, Input input) {
        Effects effects = core.step(input);
        step = effects.step();
        writes.addAll(effects.writes());
        effects.sendNow().forEach(each -> now.add(each.message()));
        effects.sendOnceDurable().forEach(each -> onceDurable.add(each.message()));
        effects.chosen().forEach(each -> chosen.add(each.entry()));
        for (Fact fact : effects.facts()) if (fact instanceof Fact.Reached it) reached.add(it.marker());
    }

    private void receive(PaxosCore core, MemberId from, Message message) {
        take(core, new Input.Received(from, message));
    }

    private static Entry value(long slot, Ballot ballot, String text) {
        return new Entry(slot, ballot, Entry.Kind.COMMAND, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Message.Accept accept(Ballot ballot, long first, long known, Entry... entries) {
        return new Message.Accept(ballot, 1, first, known, 0, false, List.of(entries));
    }

    /** Has the core take a ballot, and returns it. */
    private Ballot prepare(PaxosCore core) {
        take(core, new Input.Tick(1_000));
        receive(core, B, new Message.ProbeReply(OF_B, true, Ballot.ZERO, 0));
        take(core, new Input.Persisted(step));
        return core.promised();
    }

    @Test
    @DisplayName("G5: a promise and an acceptance wait for the disk, and say so only of what is written before")
    void promiseAndAcceptance_waitForTheDisk() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));

        receive(core, B, new Message.Prepare(OF_B, 1));
        receive(core, B, accept(OF_B, 1, 0, value(1, OF_B, "x")));

        assertThat(now).isEmpty();
        assertThat(onceDurable)
                .hasExactlyElementsOfTypes(Message.Promise.class, Message.Accepted.class)
                .contains(new Message.Accepted(OF_B, 1, 0, true));
        assertThat(writes).hasExactlyElementsOfTypes(Effects.Write.SetPromised.class, Effects.Write.Append.class);
    }

    @Test
    void lowerBallot_isRefusedAfterAPromiseAndAfterARestart() {
        PaxosCore core = core(new Recovered(OF_B, 0, THREE, List.of(), false, 1));
        Ballot lower = new Ballot(4, "c");

        receive(core, C, accept(lower, 1, 0, value(1, lower, "x")));
        receive(core, C, new Message.Prepare(lower, 1));

        assertThat(now).containsExactly(new Message.Nack(lower, OF_B), new Message.Nack(lower, OF_B));
        assertThat(writes).isEmpty();
    }

    @Test
    @DisplayName("a promise that follows from learnt entries is written down: chosen ones do not show it any more")
    void promiseThatFollowsFromEntries_isWrittenAtStart() {
        Entry learnt = value(1, OF_B, "learnt");

        core(new Recovered(Ballot.ZERO, 0, THREE, List.of(learnt), false, 1));

        assertThat(writes).containsExactly(new Effects.Write.SetPromised(OF_B));
    }

    @Test
    void otherOwnerOfThePromisedRound_isRefused() {
        PaxosCore core = core(new Recovered(OF_B, 0, THREE, List.of(), false, 1));

        receive(core, C, new Message.Prepare(new Ballot(5, "c"), 1));

        assertThat(now).containsExactly(new Message.Nack(new Ballot(5, "c"), OF_B));
        assertThat(reached).contains(Marker.SAME_ROUND_REFUSED);
    }

    @Test
    void ballotOfAnother_isNotObeyedFromWhoeverSendsIt() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));

        receive(core, C, new Message.Prepare(OF_B, 1));

        assertThat(core.promised()).isEqualTo(Ballot.ZERO);
    }

    @Test
    void newLeader_proposesTheValueOfTheHighestBallotAgain() {
        Entry own = value(1, new Ballot(2, "c"), "older");
        PaxosCore core = core(new Recovered(new Ballot(2, "c"), 0, THREE, List.of(own), false, 1));
        Ballot ballot = prepare(core);

        receive(core, B, new Message.Promise(ballot, 1, 0, 1, List.of(value(1, new Ballot(3, "b"), "newer"))));

        assertThat(appended()).first().isEqualTo("newer");
        assertThat(core.role()).isEqualTo(Role.PREPARING);
    }

    @Test
    @DisplayName("museum 13: every slot that anybody of the quorum holds is proposed again, page by page")
    void newLeader_proposesEveryOpenSlotAgain() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        Ballot ballot = prepare(core);
        Ballot old = new Ballot(1, "b");

        receive(core, B, new Message.Promise(ballot, 1, 0, 3, List.of(value(1, old, "one"))));
        receive(core, B, new Message.Promise(ballot, 2, 0, 3, List.of(value(2, old, "two"), value(3, old, "three"))));

        assertThat(appended()).startsWith("one", "two", "three", "");
        assertThat(core.last()).isEqualTo(4);
    }

    @Test
    void proposer_learnsWhatIsChosenBeforeItProposes() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        Ballot ballot = prepare(core);
        now.clear();

        receive(core, B, new Message.Promise(ballot, 1, 4, 9, List.of()));

        assertThat(now).containsExactly(new Message.Fetch(1));
        assertThat(appended()).isEmpty();
    }

    @Test
    @DisplayName("G11: a configuration that does not follow the one in force has no effect")
    void configurationThatDoesNotFollow_isVoid() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        Configuration leap = THREE.without(C).withLearner(C);
        Entry entry = new Entry(1, OF_B, Entry.Kind.CONFIGURATION, ConfigurationCodec.encode(leap));

        receive(core, B, accept(OF_B, 1, 1, entry));

        assertThat(core.chosen()).isEqualTo(1);
        assertThat(core.configuration()).isEqualTo(THREE);
        assertThat(reached).contains(Marker.CONFIGURATION_VOID);
    }

    @Test
    @DisplayName("G7: a damaged voter neither promises nor votes until all others answered and it has learnt enough")
    void damagedVoter_votesOnlyAfterRepair() {
        PaxosCore core = core(new Recovered(Ballot.ZERO, 0, THREE, List.of(), true, 77));

        receive(core, B, new Message.Prepare(OF_B, 1));
        receive(core, B, accept(OF_B, 1, 0, value(1, OF_B, "x")));
        receive(core, B, new Message.RepairAnswer(77, OF_B, 1, 1));
        assertThat(onceDurable).containsExactly(new Message.Accepted(OF_B, 1, 0, false));

        receive(core, C, new Message.RepairAnswer(76, OF_B, 1, 1));
        receive(core, B, accept(OF_B, 2, 1));
        assertThat(core.damaged()).isTrue();

        receive(core, C, new Message.RepairAnswer(77, new Ballot(9, "c"), 1, 1));
        assertThat(core.damaged()).isFalse();
        assertThat(core.promised()).isEqualTo(new Ballot(9, "c"));
    }

    @Test
    @DisplayName(
            "G7: a damaged voter gets its vote back though nobody writes: the leader fills up to what it waits for")
    void damagedVoterOfAQuietGroup_hasTheLeaderFillUp() {
        PaxosCore damaged = core(new Recovered(Ballot.ZERO, 0, THREE, List.of(), true, 77));
        receive(damaged, B, accept(OF_B, 1, 0));
        receive(damaged, B, new Message.RepairAnswer(77, OF_B, 0, 0));
        receive(damaged, C, new Message.RepairAnswer(77, OF_B, 4, 4));
        now.clear();
        take(damaged, new Input.Tick(20));
        assertThat(now).containsExactly(new Message.Fetch(4));
        writes.clear();

        PaxosCore leader = core(Recovered.nothing(THREE, 1));
        Ballot ballot = prepare(leader);
        receive(leader, B, new Message.Promise(ballot, 1, 0, 0, List.of()));
        take(leader, new Input.Persisted(step));
        receive(leader, B, new Message.Accepted(ballot, 1, 0, true));
        assertThat(leader.leads()).isTrue();
        receive(leader, C, new Message.Fetch(4));

        assertThat(leader.last()).isEqualTo(4);
        assertThat(reached).contains(Marker.FILLED_FOR_REPAIR);
    }

    @Test
    @DisplayName("G10: a member that looks for votes learns what it missed, which may be who has a vote")
    void prober_learnsFromWhoKnowsMore() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        take(core, new Input.Tick(1_000));
        now.clear();

        receive(core, B, new Message.ProbeReply(OF_B, false, Ballot.ZERO, 7));

        assertThat(now).containsExactly(new Message.Fetch(1));
    }

    @Test
    @DisplayName("G11: that a change of members was chosen is noted at once, and relied on")
    void chosenChange_isNotedAtOnce() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        Entry entry = new Entry(1, OF_B, Entry.Kind.CONFIGURATION, ConfigurationCodec.encode(THREE.without(C)));
        receive(core, B, accept(OF_B, 1, 0, entry));
        writes.clear();

        receive(core, B, accept(OF_B, 2, 1));

        assertThat(writes).containsExactly(new Effects.Write.SetChosen(1, true));
    }

    @Test
    @DisplayName("G10: who hears a leader turns a probe down and changes nothing")
    void probe_isTurnedDownWhileALeaderIsHeard() {
        PaxosCore core = core(Recovered.nothing(THREE, 1));
        receive(core, B, accept(OF_B, 1, 0));
        writes.clear();

        receive(core, C, new Message.Probe(new Ballot(9, "c")));

        assertThat(now).contains(new Message.ProbeReply(new Ballot(9, "c"), false, OF_B, 0));
        assertThat(writes).isEmpty();
    }

    private List<String> appended() {
        List<String> values = new ArrayList<>();
        for (Effects.Write write : writes)
            if (write instanceof Effects.Write.Append append) values.add(CoreWorld.text(append.entry()));
        return values;
    }
}
