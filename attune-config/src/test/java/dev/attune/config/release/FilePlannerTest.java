package dev.attune.config.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.config.format.Document;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Digests;
import dev.attune.model.config.Release;
import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Decoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FilePlannerTest {
    private static final Coordinate FILE = new Coordinate("prod", "orders", "default", "application.yaml");
    private static final Bytes TEXT = Bytes.utf8("a: 1\n");
    private static final Document READ = Document.read(FILE.file(), TEXT);
    private static final Draft DRAFT = new Draft("ada", "first", 1_700_000_000_000L, Draft.ANY_BASE);

    private final FilePlanner planner = new FilePlanner(1024);

    @Test
    void firstPublish_writesReleaseOneAndThePointerGuardedByAbsence() {
        FilePlan.Publish plan = (FilePlan.Publish) planner.publish(FILE, Optional.empty(), READ, Bound.NOTHING, DRAFT);

        assertThat(plan.txn().compares()).containsExactly(Compare.modRevisionIs(FileKeys.pointer(FILE), 0));
        Operation.Put release = (Operation.Put) plan.txn().then().get(0);
        Operation.Put pointer = (Operation.Put) plan.txn().then().get(1);
        assertThat(release.key()).isEqualTo(FileKeys.release(FILE, 1));
        assertThat(ConfigCodec.readRelease(new Decoder(release.value()), 5)).isEqualTo(plan.at(5));
        assertThat(plan.at(5).parent()).isZero();
        assertThat(plan.at(5).text()).isEqualTo(TEXT);
        Pointer read = Pointer.decode(new KeyValue(pointer.key(), pointer.value(), 5, 5, 1, 0));
        assertThat(read).isEqualTo(new Pointer(1, 1, Digests.sha256(TEXT), "ada", DRAFT.timeMillis(), 5));
    }

    @Test
    void sameTextAsCurrent_makesNoRelease() {
        assertThat(planner.publish(FILE, pointer(3, 7), READ, Bound.NOTHING, DRAFT))
                .isEqualTo(new FilePlan.Unchanged(3));
    }

    @Test
    void publishAfterDelete_goesOnCounting() {
        Pointer deleted = new Pointer(0, 7, "", "eve", 1, 20);

        FilePlan.Publish plan =
                (FilePlan.Publish) planner.publish(FILE, Optional.of(deleted), READ, Bound.NOTHING, DRAFT);

        assertThat(plan.release().number()).isEqualTo(8);
        assertThat(plan.release().parent()).isZero();
    }

    @Test
    void rollback_makesANewReleaseWithTheEarlierBytes() {
        Bytes old = Bytes.utf8("a: 0\n");
        Release earlier =
                new Release(2, ReleaseKind.NORMAL, "bob", "", 1, 4, 1, Digests.sha256(old), Digests.md5(old), old);

        FilePlan.Publish plan = (FilePlan.Publish) planner.rollback(
                FILE,
                pointer(3, 3).orElseThrow(),
                new StoredRelease(earlier, Map.of()),
                Bound.NOTHING,
                new Draft("ada", "", 9, 3));

        assertThat(plan.release().number()).isEqualTo(4);
        assertThat(plan.release().kind()).isEqualTo(ReleaseKind.ROLLBACK);
        assertThat(plan.release().parent()).isEqualTo(3);
        assertThat(plan.release().text()).isEqualTo(old);
        assertThat(plan.release().message()).isEqualTo("Roll back to 2");
    }

    @Test
    void baseThatIsNotCurrent_isRefusedAsConflict() {
        Draft onTwo = new Draft("ada", "", 9, 2);

        AttuneException refused = catchThrowableOfType(
                AttuneException.class, () -> planner.publish(FILE, pointer(3, 3), READ, Bound.NOTHING, onTwo));

        assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refused).hasMessage("base release: 2 (current: 3)");
    }

    @Test
    void repeatOfALostAnswer_isDoneAlready_andNobodyElsesUpdateIs() {
        Draft again = new Draft("bob", "", 9, 2);

        assertThat(planner.publish(FILE, pointer(3, 3), READ, Bound.NOTHING, again))
                .isEqualTo(new FilePlan.Unchanged(3));
        Document other = Document.read(FILE.file(), Bytes.utf8("a: 2\n"));
        AttuneException lost = catchThrowableOfType(
                AttuneException.class, () -> planner.publish(FILE, pointer(3, 3), other, Bound.NOTHING, again));
        assertThat(lost.code()).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void deleteOfWhatIsNotThere_isNotFound() {
        Pointer deleted = new Pointer(0, 7, "", "eve", 1, 20);

        for (Optional<Pointer> none : List.of(Optional.<Pointer>empty(), Optional.of(deleted)))
            assertThatThrownBy(() -> planner.delete(FILE, none, Bound.NOTHING, DRAFT))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("no file");
    }

    @Test
    void invalidOrLargeText_neverBecomesARelease() {
        InvalidDocumentException invalid = catchThrowableOfType(
                InvalidDocumentException.class, () -> planner.read(FILE, Bytes.utf8("a: 1\na: 2\n")));
        AttuneException large =
                catchThrowableOfType(AttuneException.class, () -> planner.read(FILE, Bytes.utf8("#".repeat(1025))));

        assertThat(invalid.line()).isEqualTo(2);
        assertThat(large.code()).isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void keys_sortByNumberAndStayInsideTheirApplication() {
        Bytes nine = FileKeys.release(FILE, 9);
        Bytes ten = FileKeys.release(FILE, 10);
        Coordinate neighbour = new Coordinate("prod", "orders-eu", "default", "application.yaml");

        assertThat(nine).isLessThan(ten);
        assertThat(FileKeys.releases(FILE, 1, 10).contains(nine)).isTrue();
        assertThat(FileKeys.releases(FILE, 1, 10).contains(ten)).isFalse();
        assertThat(FileKeys.ofApplication("prod", "orders").contains(FileKeys.pointer(neighbour)))
                .isFalse();
        assertThat(FileKeys.pointers("prod", "orders").contains(nine)).isFalse();
        assertThat(FileKeys.parse(ten)).isEqualTo(new FileKeys.Address(FILE, 10));
        assertThat(FileKeys.parse(FileKeys.pointer(FILE)).isPointer()).isTrue();
    }

    @Test
    void lookup_isClusterThenDataCentreThenDefaultEachOnce() {
        assertThat(Lookup.order("blue", "eu")).containsExactly("blue", "eu", "default");
        assertThat(Lookup.order("default", "")).containsExactly("default");
        assertThat(Lookup.order("eu", "eu")).containsExactly("eu", "default");
    }

    private static Optional<Pointer> pointer(long stable, long latest) {
        return Optional.of(new Pointer(stable, latest, Digests.sha256(TEXT), "bob", 1, 11));
    }
}
