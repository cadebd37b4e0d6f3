package dev.attune.rollout.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.kv.SystemKeys;
import dev.attune.rollout.Samples;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Where rollouts lie")
final class RolloutKeysTest {
    @Test
    void every_key_is_a_system_key_and_says_what_it_is_about() {
        InstanceRef instance = Samples.instance(1);
        Bytes record = RolloutKeys.record("prod", 3);
        Bytes target = RolloutKeys.instance("prod", 3, instance);
        Bytes verdict = RolloutKeys.verdict("prod", 3);

        assertThat(List.of(record, target, verdict)).allMatch(SystemKeys::isSystem);
        assertThat(RolloutKeys.parse(record)).contains(new RolloutKeys.Address.OfRecord("prod", 3));
        assertThat(RolloutKeys.parse(target)).contains(new RolloutKeys.Address.OfInstance("prod", 3, instance));
        assertThat(RolloutKeys.parse(verdict)).contains(new RolloutKeys.Address.OfVerdict("prod", 3));
        assertThat(List.of(record, target, verdict)).allMatch(RolloutKeys.all()::contains);
    }

    @Test
    void records_sort_by_number_and_hold_no_targets() {
        assertThat(RolloutKeys.record("prod", 9)).isLessThan(RolloutKeys.record("prod", 10));
        assertThat(RolloutKeys.records("prod").contains(RolloutKeys.record("prod", 9)))
                .isTrue();
        assertThat(RolloutKeys.records("prod").contains(RolloutKeys.instance("prod", 9, Samples.instance(1))))
                .isFalse();
        assertThat(RolloutKeys.instances("prod", 1).contains(RolloutKeys.instance("prod", 11, Samples.instance(1))))
                .isFalse();
    }

    @Test
    void other_keys_are_about_nothing() {
        List<String> others = List.of(
                "rollout/prod/count",
                "rollout/prod/record/x",
                "rollout/prod/record/1/2",
                "rollout/prod/instance/1/orders",
                "rollout/pr..od/record/1",
                "rollouts/prod/record/1",
                "rollout/prod/other/1",
                "file/prod/orders/active/default/a.yaml");
        assertThat(others).allSatisfy(path -> assertThat(RolloutKeys.parse(SystemKeys.of(path)))
                .isEmpty());
        assertThat(RolloutKeys.parse(Bytes.utf8("rollout/prod/record/1")))
                .as("a user's key")
                .isEmpty();
    }
}
