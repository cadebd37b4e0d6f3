package dev.attune.server.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.config.audit.AuditRecord;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.SystemKeys;
import dev.attune.server.files.Edit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.tuning.decision.Recorded;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TuningHostTest {
    private final TuningBed bed = new TuningBed();
    private final TuningHost host = bed.host(1);

    @BeforeEach
    void start() {
        bed.put(TuningBed.FILE, "# sizes\nqueue:\n  size: 256\n");
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private void policy(String text) {
        bed.put(TuningBed.POLICIES, text);
    }

    @Test
    @DisplayName("R10: a change is released with its record, in the policy's name, and replays to the bit")
    void aPolicyThatMayAct_releasesWhatItDecides() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);

        bed.steps(host, 8);

        DecisionEntry made = bed.decisions(TuningBed.QUEUE).stream()
                .filter(each -> each.made().release() > 0)
                .findFirst()
                .orElseThrow();
        assertThat(made.said().outcome()).isEqualTo("APPLY");
        assertThat(made.said().from()).isEqualTo("256");
        assertThat(made.said().to()).isEqualTo("128");
        assertThat(made.said().sentence())
                .contains("changes queue.size from 256 to 128", "the goal is in danger", "measured 0.9");
        assertThat(bed.read().release().kind()).isEqualTo(ReleaseKind.TUNING);
        assertThat(bed.read().release().author()).isEqualTo("policy queue");
        assertThat(bed.read().release().text().toUtf8()).as("comments stay").startsWith("# sizes\n");
        for (DecisionEntry each : bed.decisions(TuningBed.QUEUE))
            assertThat(bed.views.replays(TuningBed.QUEUE, each).join())
                    .as("decision %d", each.number())
                    .contains(true);
        assertThat(audited()).contains("policy queue tune.apply");
    }

    private List<String> audited() {
        return bed.reads.range(KeyRange.prefix(SystemKeys.of("audit")), ReadLevel.LINEARIZABLE).join().stream()
                .map(KeyValue::value)
                .map(AuditRecord::decode)
                .map(each -> each.who() + " " + each.action())
                .toList();
    }

    @Test
    void everyTick_hasOneNumberedRecord_alsoWhenNothingIsWanted() {
        policy(TuningBed.POLICY.replace("below: 0.80", "below: 0.52"));

        bed.steps(host, 6);
        host.turn().join();
        host.turn().join();

        List<DecisionEntry> all = bed.decisions(TuningBed.QUEUE);
        assertThat(all).extracting(DecisionEntry::number).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(all.get(0).said().sentence()).contains("the leader is new, and listens", "[NO_DATA]");
        assertThat(all.get(4).said().sentence()).contains("leaves queue.size at 256, as close enough to the goal");
    }

    @Test
    void aKillSwitch_stopsEveryActUntilItIsTakenAway() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.acts
                .killSwitch("prod", "", "ben", bed.acts.hold("ben", 0, "incident"))
                .join();

        bed.steps(host, 8);
        assertThat(bed.value()).isEqualTo("256");
        assertThat(bed.newest(TuningBed.QUEUE).said().sentence())
                .contains("automation is switched off (prod, by ben: incident) [KILLED]");

        bed.acts.killSwitch("prod", "", "ben", null).join();
        bed.steps(host, 1);
        assertThat(bed.value()).isEqualTo("128");
    }

    @Test
    void aPausedPolicy_waitsUntilItsTimeIsOver() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.acts.pause(TuningBed.QUEUE, "ana", 100_000, "").join();

        bed.steps(host, 9);
        assertThat(bed.value()).isEqualTo("256");
        bed.steps(host, 1);
        assertThat(bed.value()).isEqualTo("128");
    }

    @Test
    void aDeposedLeader_decidesNothingMore() {
        policy(TuningBed.POLICY);
        TuningHost next = bed.host(2);
        bed.steps(host, 3);
        next.turn().join();
        next.turn().join();
        long decided = bed.state(TuningBed.QUEUE).number();

        bed.steps(host, 3);

        assertThat(bed.state(TuningBed.QUEUE).number())
                .as("by a leader of an earlier term")
                .isEqualTo(decided);
    }

    @Test
    void aNewLeader_goesOnFromTheStateAndListensForOneWindowFirst() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.steps(host, 6);
        PolicyState before = bed.state(TuningBed.QUEUE);
        assertThat(bed.value()).isEqualTo("128");

        TuningHost next = bed.host(2);
        bed.steps(next, 3);

        List<DecisionEntry> later = bed.decisions(TuningBed.QUEUE).stream()
                .filter(each -> each.term() == 2)
                .toList();
        assertThat(later.get(0).number()).isEqualTo(before.number() + 1);
        assertThat(Recorded.read(later.get(0).recordBytes()).before()).isEqualTo(before.remembered());
        assertThat(later).allMatch(each -> each.said().code().equals("NO_DATA"));
        bed.steps(next, 4);
        assertThat(bed.value()).as("it acts once it has listened").isNotEqualTo("128");
    }

    @Test
    void aValueSetByHand_isKeptFromThePolicyForAnHour() {
        policy(TuningBed.POLICY);
        bed.steps(host, 6);
        bed.files
                .writes()
                .edit(TuningBed.FILE, "queue.size", "300", Edit.by("ana", "I know better"))
                .join();
        bed.signals.level("heap", 0.9);

        bed.steps(host, 10);

        assertThat(bed.value()).isEqualTo("300");
        assertThat(bed.newest(TuningBed.QUEUE).said().sentence()).contains("by ana until", "[PINNED]");
        bed.steps(host, 360);
        assertThat(bed.value()).as("an hour later").isNotEqualTo("300");
    }

    @Test
    void aChangeAfterWhichAGuardBreaks_isTakenBackAndBarred() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.steps(host, 6);
        assertThat(bed.value()).isEqualTo("128");
        bed.signals.level("errors", 0.9);
        bed.signals.level("heap", 0.75);

        bed.steps(host, 12);

        assertThat(bed.value()).isEqualTo("256");
        PolicyState state = bed.state(TuningBed.QUEUE);
        assertThat(state.remembered().guards().quarantines()).isNotEmpty();
        TuneView.Shown shown =
                bed.views.decision(TuningBed.QUEUE, firstChange().number()).join();
        assertThat(shown.outcomes().get(0).what()).isEqualTo(OutcomeEntry.What.REVERTED);
        assertThat(shown.outcomes().get(0).sentence())
                .contains("takes queue.size back from 128 to 256", "errors, past the absolute limit");
        assertThat(bed.ground.meters().reverts()).isEqualTo(1);
    }

    private DecisionEntry firstChange() {
        return bed.decisions(TuningBed.QUEUE).stream()
                .filter(each -> each.made().release() > 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aChangeThatAnInstanceRefuses_isTakenBack() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.steps(host, 6);
        bed.signals.level("heap", 0.75);
        bed.instance("i0", firstChange().made().release(), false);

        bed.steps(host, 1);

        assertThat(bed.value()).isEqualTo("256");
    }

    @Test
    void aChangeThatDoesWell_isKeptAndBecomesTheLastGoodValue() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);
        bed.steps(host, 6);
        bed.signals.level("heap", 0.75);

        bed.steps(host, 24);

        PolicyState state = bed.state(TuningBed.QUEUE);
        assertThat(state.verifying()).isNull();
        TuneView.Shown shown =
                bed.views.decision(TuningBed.QUEUE, firstChange().number()).join();
        assertThat(shown.outcomes()).extracting(OutcomeEntry::what).containsExactly(OutcomeEntry.What.KEPT);
    }

    @Test
    void instancesThatHaveNotTheLastChange_areWaitedFor() {
        bed.instance("i0", 0, true);
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.9);

        bed.steps(host, 6);
        assertThat(bed.newest(TuningBed.QUEUE).said().code()).isEqualTo("UNACKNOWLEDGED");
        assertThat(bed.value()).isEqualTo("256");
        bed.instance("i0", 1, true);
        bed.steps(host, 1);
        assertThat(bed.value()).isEqualTo("128");
    }

    @Test
    void whatTheCentreRefusesToRelease_isRecordedWithItsReason() {
        policy(TuningBed.POLICY);
        bed.put(
                new Coordinate("prod", "orders", "default", "app.schema.json"),
                "{\"properties\":{\"queue\":{\"properties\":{\"size\":{\"minimum\":200}}}}}");
        var settings = new dev.attune.config.settings.FileSettings(false, "", List.of(), "app.schema.json");
        bed.reads
                .run(new dev.attune.model.kv.Operation.Txn(
                        List.of(),
                        List.of(dev.attune.model.kv.Operation.Put.of(
                                dev.attune.config.settings.FileSettings.key("prod", "orders", "application.yaml"),
                                settings.encode())),
                        List.of()))
                .join();
        bed.signals.level("heap", 0.9);

        bed.steps(host, 6);

        assertThat(bed.value()).isEqualTo("256");
        assertThat(bed.newest(TuningBed.QUEUE).said().sentence()).contains("the release is refused", "minimum");
    }

    @Test
    void twoPoliciesOnOneKey_haveOneOwner() {
        policy(TuningBed.POLICY + "---\n"
                + TuningBed.POLICY
                        .replace("name: queue", "name: rival")
                        .replace("mode: auto", "mode: auto\n  priority: 5"));
        bed.signals.level("heap", 0.9);

        bed.steps(host, 6);

        PolicyId rival = new PolicyId("prod", "orders", "rival");
        assertThat(bed.decisions(TuningBed.QUEUE)).allMatch(each -> each.made().release() == 0);
        assertThat(bed.decisions(TuningBed.QUEUE).get(4).said().sentence())
                .contains("another policy owns the key (rival) [CONFLICT]");
        assertThat(bed.decisions(rival)).anyMatch(each -> each.made().release() > 0);
    }

    @Test
    void outsideAnEnvelope_aChangeIsBroughtByARollout() {
        policy(TuningBed.POLICY.replace("  envelope: [32, 1024]\n", ""));
        bed.signals.level("heap", 0.9);

        bed.steps(host, 6);

        PolicyState.Moving moving =
                Objects.requireNonNull(bed.state(TuningBed.QUEUE).moving());
        assertThat(moving.to()).isEqualTo("128");
        assertThat(bed.value()).as("not everyone's yet").isEqualTo("256");
        assertThat(bed.newest(TuningBed.QUEUE).made().rollout()).isEqualTo(moving.rollout());
        long decided = bed.state(TuningBed.QUEUE).number();
        bed.steps(host, 3);
        assertThat(bed.state(TuningBed.QUEUE).number())
                .as("nothing is decided while it moves")
                .isEqualTo(decided);
    }

    @Test
    void missingSignals_areNotTakenForGoodOnes() {
        policy(TuningBed.POLICY);
        bed.signals.level("heap", 0.75);
        bed.steps(host, 6);
        bed.signals.silent(true);

        bed.steps(host, 8);

        assertThat(bed.newest(TuningBed.QUEUE).said().code()).isEqualTo("NO_DATA");
        assertThat(bed.value()).isEqualTo("256");
    }

    @Test
    void decisions_areForgottenByCount() {
        policy(TuningBed.POLICY.replace("tick: 10s", "tick: 6h").replace("avg(heap, 30s)", "avg(heap, 20s)"));
        for (int i = 0; i < 130; i++) {
            bed.millis.addAndGet(6 * 3_600_000L);
            host.turn().join();
        }

        assertThat(bed.decisions(TuningBed.QUEUE)).hasSize(100);
        assertThat(bed.newest(TuningBed.QUEUE).number()).isGreaterThan(120);
    }
}
