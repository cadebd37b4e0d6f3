package dev.attune.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

class RequestIdsTest {
    @Property(tries = 200)
    @Label("G4: completedBelow is the lowest unanswered sequence, in whatever order answers come")
    void answersInAnyOrder_completedBelowIsLowestOpen(@ForAll long seed) {
        Random random = new Random(seed);
        RequestIds ids = new RequestIds(7);
        List<RequestId> open = new ArrayList<>();
        long next = 1;
        for (int i = 0; i < 12_000; i++) {
            boolean begin = open.isEmpty() || random.nextInt(100) < 55;
            if (begin) {
                RequestId id = ids.begin();
                open.add(id);
                assertThat(id.sequence()).isEqualTo(next++);
                if (i % 50 == 0) {
                    long lowest =
                            open.stream().mapToLong(RequestId::sequence).min().orElseThrow();
                    assertThat(id.completedBelow()).isEqualTo(lowest);
                }
            } else {
                int at = random.nextInt(open.size());
                ids.end(open.get(at));
                open.set(at, open.get(open.size() - 1));
                open.remove(open.size() - 1);
            }
        }
    }
}
