package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.Places;
import java.util.ArrayList;
import java.util.List;

/**
 * Who has the new release in a stage.
 *
 * @param bound the largest place of a member; -1 for nobody
 * @param members in order of their names
 */
record Cohort(long bound, List<InstanceRef> members) {
    /** The first of the targets by their places: never more than {@code limit} (R5). */
    static Cohort first(View view, int limit) {
        String environment = view.record().environment();
        long number = view.record().number();
        long[] places = view.instances().keySet().stream()
                .mapToLong(each -> Places.of(environment, number, each))
                .sorted()
                .toArray();
        int count = Math.min(limit, places.length);
        // Should two share a place, the bound takes in either both or none of them.
        while (count > 0 && count < places.length && places[count - 1] == places[count]) count--;
        long bound = count == 0 ? -1 : places[count - 1];
        List<InstanceRef> members = new ArrayList<>();
        for (InstanceRef each : view.instances().keySet())
            if (Places.of(environment, number, each) <= bound) members.add(each);
        return new Cohort(bound, members);
    }
}
