package dev.attune.config.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.config.format.Document;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Audience;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Digests;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class HeldPointerTest {
    private static final Coordinate FILE = new Coordinate("prod", "orders", "default", "application.yaml");
    private static final Bytes TEXT = Bytes.utf8("a: 1\n");
    private static final Bytes NEXT = Bytes.utf8("a: 2\n");
    private static final Draft DRAFT = new Draft("ada", "", 1_700_000_000_000L, Draft.ANY_BASE);
    private static final Draft BY_SEVEN = DRAFT.by(7);
    private static final InstanceSpec ONE = InstanceSpec.of("one", "prod", "orders");
    private static final InstanceSpec TWO = InstanceSpec.of("two", "prod", "orders");

    private final FilePlanner planner = new FilePlanner(1024);
    private final Pointer current = new Pointer(3, 7, Digests.sha256(TEXT), "bob", 1, 11);

    @Test
    @DisplayName("R2: a release that a rollout brings is written, and nobody gets it")
    void stagedRelease_isKnownAndServedToNobody() {
        Pointer held = moved(planner.publish(FILE, Optional.of(current), document(NEXT), Bound.NOTHING, BY_SEVEN));

        assertThat(held.latest()).isEqualTo(8);
        assertThat(held.hold()).isEqualTo(new Hold(7, 8, 3, Cohort.NOBODY));
        assertThat(held.releaseFor(ONE)).isEqualTo(3);
        assertThat(held.releaseAfterSwitch(ONE)).isEqualTo(8);
        assertThat(held.sha256()).isEqualTo(current.sha256());
        assertThat(held.served()).containsExactly(3L, 8L);
        assertThat(held.isSameForAll()).isTrue();
    }

    @Test
    void stagedFirstRelease_leavesTheFileAbsentForAllButTheCohort() {
        Pointer held = moved(planner.publish(FILE, Optional.empty(), document(TEXT), Bound.NOTHING, BY_SEVEN));

        assertThat(held.isDeleted()).isTrue();
        assertThat(held.releaseFor(ONE)).isZero();
        assertThat(held.served()).containsExactly(1L);
    }

    @Test
    @DisplayName("R5: a cohort's release reaches nobody outside it; gray rules come first, as they will at the end")
    void cohort_decidesWhoGetsTheRelease() {
        Cohort cohort = Cohort.of(List.of(new Cohort.Named("orders", "one")));
        Audience labelled = new Audience(Set.of(), List.of(), Map.of("a", "b"), Audience.EVERYONE);
        GrayRule gray = new GrayRule("g", labelled, 5, "salt");
        Pointer held = new Pointer(
                3,
                8,
                Digests.sha256(TEXT),
                "bob",
                1,
                11,
                List.of(gray),
                Hold.of(7, 8, 3).with(cohort));
        InstanceSpec both = new InstanceSpec("one", "prod", "orders", "default", "", "", Map.of("a", "b"));

        assertThat(held.releaseFor(ONE)).isEqualTo(8);
        assertThat(held.releaseFor(TWO)).isEqualTo(3);
        assertThat(held.releaseFor(InstanceSpec.of("one", "prod", "other"))).isEqualTo(3);
        assertThat(held.releaseFor(both)).isEqualTo(5);
        assertThat(held.releaseAfterSwitch(both)).isEqualTo(5);
        assertThat(read(held)).isEqualTo(held);
    }

    @Test
    void everyWriteUnderARollout_isRefusedNamingIt() {
        Pointer held = new Pointer(3, 8, Digests.sha256(TEXT), "bob", 1, 11, List.of(), Hold.of(7, 8, 3));
        Optional<Pointer> present = Optional.of(held);
        GrayDraft rule = new GrayDraft("g", new Audience(Set.of(), List.of(), Map.of(), 5), -1, "s");

        List<Runnable> writes = List.of(
                () -> planner.publish(FILE, present, document(NEXT), Bound.NOTHING, DRAFT),
                () -> planner.publish(FILE, present, document(TEXT), Bound.NOTHING, DRAFT),
                () -> planner.publish(FILE, present, document(NEXT), Bound.NOTHING, DRAFT.by(8)),
                () -> planner.delete(FILE, present, Bound.NOTHING, DRAFT),
                () -> planner.gray(FILE, present, document(NEXT), rule, Bound.NOTHING, DRAFT));
        for (Runnable each : writes) {
            AttuneException refused = catchThrowableOfType(AttuneException.class, each::run);
            assertThat(refused.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION);
            assertThat(refused).hasMessageContaining("Rollout 7").hasMessageContaining("attune rollout abort prod 7");
        }
    }

    @Test
    @DisplayName("R6: a rollout moves only what it holds itself")
    void moveByAnotherRollout_isRefused() {
        Pointer held = new Pointer(3, 8, Digests.sha256(TEXT), "bob", 1, 11, List.of(), Hold.of(7, 8, 3));
        FilePlanner.Placed switched = new FilePlanner.Placed(8, Digests.sha256(NEXT), Hold.of(7, 8, 3));

        Pointer after = moved(planner.moveHeld(FILE, held, switched, Bound.NOTHING, BY_SEVEN));
        assertThat(after.releaseFor(ONE)).isEqualTo(8);
        assertThat(after.served()).contains(3L);
        Pointer free = moved(planner.moveHeld(
                FILE, after, new FilePlanner.Placed(8, Digests.sha256(NEXT), null), Bound.NOTHING, BY_SEVEN));
        assertThat(free.hold()).isNull();
        for (Pointer each : List.of(held, free))
            assertThatThrownBy(() -> planner.moveHeld(FILE, each, switched, Bound.NOTHING, DRAFT.by(6)))
                    .hasMessageContaining("not held by rollout 6");
    }

    @Test
    void cohort_readsBackAndRefusesWhatIsTooLargeOrOutOfOrder() {
        List<Cohort.Named> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) many.add(new Cohort.Named("orders", "i" + i));
        Cohort cohort = Cohort.of(many);
        Encoder out = new Encoder(64);
        cohort.write(out);

        assertThat(out.toArray().length).isLessThan(8 * 1_000 + 4);
        assertThat(Cohort.read(new Decoder(out.toArray()))).isEqualTo(cohort);
        for (Cohort.Named each : many)
            assertThat(cohort.contains(InstanceSpec.of(each.instance(), "prod", "orders")))
                    .isTrue();
        byte[] unordered = new Encoder(32).varint(2).fixed64(5).fixed64(5).toArray();
        assertThatThrownBy(() -> Cohort.read(new Decoder(unordered))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Cohort.of(Collections.nCopies(Cohort.SIZE_MAX + 1, many.get(0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void releaseThatWaitsForItsRollout_leavesThePresentOneItsHold() {
        Pointer held = new Pointer(3, 8, Digests.sha256(TEXT), "bob", 1, 11, List.of(), Hold.of(7, 8, 3));

        Pointer after =
                moved(planner.publish(FILE, Optional.of(held), document(NEXT), Bound.NOTHING, DRAFT.by(Draft.WAITING)));
        assertThat(after.latest()).isEqualTo(9);
        assertThat(after.hold()).isEqualTo(held.hold());
        FilePlanner.Placed eight = new FilePlanner.Placed(3, Digests.sha256(TEXT), Hold.of(8, 9, 3));
        assertThatThrownBy(() -> planner.moveHeld(FILE, after, eight, Bound.NOTHING, DRAFT.by(8)))
                .hasMessageContaining("not held by rollout 8");
        Pointer free = new Pointer(3, 9, Digests.sha256(TEXT), "bob", 1, 11);
        assertThat(moved(planner.moveHeld(FILE, free, eight, Bound.NOTHING, DRAFT.by(8)))
                        .hold())
                .isEqualTo(eight.hold());
    }

    @Test
    @DisplayName(
            "R2, R5: a rollout deletes a file when it switches, for a cohort before that, and the way back brings it back")
    void deletionByARollout_comesWithTheSwitchAndCanBeUndone() {
        Pointer held = moved(planner.delete(FILE, Optional.of(current), Bound.NOTHING, BY_SEVEN));
        assertThat(held.hold()).isEqualTo(new Hold(7, 0, 3, Cohort.NOBODY));
        assertThat(held.releaseFor(ONE)).isEqualTo(3);
        assertThat(held.releaseAfterSwitch(ONE)).isZero();
        assertThat(held.served()).containsExactly(3L);

        Hold staged = Hold.of(7, 0, 3).with(Cohort.of(List.of(new Cohort.Named("orders", "one"))));
        Pointer stage = moved(planner.moveHeld(
                FILE, held, new FilePlanner.Placed(3, held.sha256(), staged), Bound.NOTHING, BY_SEVEN));
        assertThat(stage.releaseFor(ONE)).isZero();
        assertThat(stage.releaseFor(TWO)).isEqualTo(3);
        assertThat(stage.isSameForAll()).isFalse();

        Pointer switched = moved(planner.moveHeld(
                FILE, stage, new FilePlanner.Placed(0, "", Hold.of(7, 0, 3)), Bound.NOTHING, BY_SEVEN));
        assertThat(switched.releaseFor(TWO)).isZero();
        assertThat(switched.served()).containsExactly(3L);
        Pointer back = moved(planner.moveHeld(
                FILE, switched, new FilePlanner.Placed(3, held.sha256(), null), Bound.NOTHING, BY_SEVEN));
        assertThat(back.releaseFor(ONE)).isEqualTo(3);
        Pointer gone =
                moved(planner.moveHeld(FILE, switched, new FilePlanner.Placed(0, "", null), Bound.NOTHING, BY_SEVEN));
        assertThat(gone.isDeleted() && gone.served().isEmpty()).isTrue();
    }

    @Test
    void deletionThatWaitsForItsRollout_changesNothing_andGrayRulesForbidOne() {
        FilePlan waiting = planner.delete(FILE, Optional.of(current), Bound.NOTHING, DRAFT.by(Draft.WAITING));
        assertThat(waiting.transaction().then()).isEmpty();
        assertThat(waiting.transaction().compares()).hasSize(1);

        GrayRule rule = new GrayRule("g", new Audience(Set.of(), List.of(), Map.of(), 500), 5, "salt");
        Pointer gray = new Pointer(3, 7, Digests.sha256(TEXT), "bob", 1, 11, List.of(rule));
        assertThatThrownBy(() -> planner.delete(FILE, Optional.of(gray), Bound.NOTHING, BY_SEVEN))
                .hasMessageContaining("gray rules");
    }

    private Document document(Bytes text) {
        return planner.read(FILE, text);
    }

    private static Pointer moved(FilePlan plan) {
        List<Operation> then = plan.transaction().then();
        for (Operation each : then)
            if (each instanceof Operation.Put put && FileKeys.parse(put.key()).isPointer())
                return Pointer.decode(new KeyValue(put.key(), put.value(), 5, 5, 1, 0));
        throw new AssertionError("no pointer in " + then);
    }

    private static Pointer read(Pointer pointer) {
        return Pointer.decode(new KeyValue(FileKeys.pointer(FILE), pointer.encode(), 11, 11, 1, 0));
    }
}
