package dev.attune.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class UnifiedDiffTest {
    @Test
    void changedLine_isShownAmongItsNeighbours() {
        String diff = UnifiedDiff.of("old", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "new", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");

        assertThat(diff).isEqualTo("--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    }

    @Test
    void equalTexts_haveNoDifference() {
        assertThat(UnifiedDiff.of("a", "x\ny\n", "b", "x\ny\n")).isEmpty();
    }

    @Test
    void newFile_isAllAdditions() {
        assertThat(UnifiedDiff.of("a", "", "b", "x\ny\n")).isEqualTo("--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y\n");
    }

    @Test
    void missingLastNewline_isToldApart() {
        assertThat(UnifiedDiff.of("a", "x", "b", "x\n")).contains("only line ends differ");
    }

    @Property(tries = 500)
    void difference_appliedToTheOldText_givesTheNewOne(
            @ForAll @Size(max = 40) List<@IntRange(max = 4) Integer> old,
            @ForAll @Size(max = 40) List<@IntRange(max = 4) Integer> fresh) {
        String diff = UnifiedDiff.of("a", text(old), "b", text(fresh));

        assertThat(diff.isEmpty() ? lines(old) : apply(lines(old), diff)).isEqualTo(lines(fresh));
    }

    private static List<String> apply(List<String> old, String diff) {
        var result = new ArrayList<String>();
        int at = 0;
        for (String line : diff.lines().skip(2).toList()) {
            if (line.startsWith("@@")) {
                String[] range = line.substring(4, line.indexOf(' ', 4)).split(",", -1);
                int start = Integer.parseInt(range[0]) - (Integer.parseInt(range[1]) == 0 ? 0 : 1);
                while (at < start) result.add(old.get(at++));
            } else if (line.startsWith("+")) {
                result.add(line.substring(1));
            } else {
                assertThat(old.get(at)).isEqualTo(line.substring(1));
                if (line.startsWith(" ")) result.add(old.get(at));
                at++;
            }
        }
        while (at < old.size()) result.add(old.get(at++));
        return result;
    }

    private static List<String> lines(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).toList();
    }

    private static String text(List<Integer> numbers) {
        var text = new StringBuilder();
        numbers.forEach(number -> text.append(number).append('\n'));
        return text.toString();
    }
}
