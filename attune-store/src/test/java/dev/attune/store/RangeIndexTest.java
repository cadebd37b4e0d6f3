package dev.attune.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class RangeIndexTest {
    private record Element(KeyRange range, int number) {}

    @Property(tries = 100)
    void randomRanges_areFoundByTheKeysTheyHold(@ForAll long seed) {
        Random random = new Random(seed);
        RandomCommands ranges = new RandomCommands(seed);
        RangeIndex<Element> index = new RangeIndex<>();
        List<Element> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            if (all.isEmpty() || random.nextInt(5) < 3) {
                Element added = new Element(ranges.range(), i);
                all.add(added);
                index.add(added.range(), added);
            } else {
                Element gone = all.remove(random.nextInt(all.size()));
                index.remove(gone.range(), gone);
            }
            Bytes key = ranges.range().start();
            Set<Element> found = new HashSet<>();
            index.forEach(key, each -> assertThat(found.add(each)).isTrue());

            assertThat(found)
                    .isEqualTo(all.stream().filter(e -> e.range().contains(key)).collect(Collectors.toSet()));
        }
    }
}
