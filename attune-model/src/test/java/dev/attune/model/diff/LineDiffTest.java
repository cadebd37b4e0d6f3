package dev.attune.model.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class LineDiffTest {
    @Test
    void oneChangedLine_isToldAsRemovedAndAdded() {
        assertThat(shown("a\nb\nc\n", "a\nx\nc\n")).containsExactly(" a", "-b", "+x", " c");
    }

    @Test
    void lineNumbers_countInEachText() {
        LineDiff.Line last = LineDiff.between("a\nb\n", "n\na\nb\n").get(2);

        assertThat(last).isEqualTo(new LineDiff.Line(LineDiff.Kind.SAME, 2, 3, "b"));
    }

    @Test
    void lostLastLineFeed_isAChange() {
        assertThat(shown("a\nb\n", "a\nb")).containsExactly(" a", "-b", "+b");
    }

    @Test
    void emptyTexts_haveNoLines() {
        assertThat(LineDiff.between("", "")).isEmpty();
        assertThat(shown("", "a")).containsExactly("+a");
        assertThat(shown("a", "")).containsExactly("-a");
    }

    @Test
    void anyTwoTexts_editTurnsOneIntoTheOtherAndIsShortest() {
        long seed = 77;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<String> a = lines(random);
            List<String> b = lines(random);

            List<LineDiff.Line> edit = LineDiff.between(String.join("", a), String.join("", b));

            assertThat(side(edit, LineDiff.Kind.ADDED))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(a);
            assertThat(side(edit, LineDiff.Kind.REMOVED))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(b);
            long same =
                    edit.stream().filter(l -> l.kind() == LineDiff.Kind.SAME).count();
            assertThat(same).as("seed %d round %d", seed, round).isEqualTo(longestCommon(a, b));
        }
    }

    @Test
    void moreEditsThanTheBound_middleIsReplacedWhole() {
        String a = "head\n" + "a\n".repeat(5_000) + "tail\n";
        String b = "head\n" + "b\n".repeat(5_000) + "tail\n";

        List<LineDiff.Line> edit = LineDiff.between(a, b);

        assertThat(edit).hasSize(10_002);
        assertThat(edit.get(1).kind()).isEqualTo(LineDiff.Kind.REMOVED);
        assertThat(edit.get(5_001).kind()).isEqualTo(LineDiff.Kind.ADDED);
    }

    private static List<String> shown(String a, String b) {
        return LineDiff.between(a, b).stream()
                .map(line -> " -+".charAt(line.kind().ordinal()) + line.text())
                .collect(Collectors.toList());
    }

    private static List<String> lines(Random random) {
        List<String> lines = new ArrayList<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) lines.add((char) ('a' + random.nextInt(3)) + "\n");
        return lines;
    }

    private static List<String> side(List<LineDiff.Line> edit, LineDiff.Kind without) {
        return edit.stream()
                .filter(line -> line.kind() != without)
                .map(line -> line.text() + "\n")
                .collect(Collectors.toList());
    }

    private static long longestCommon(List<String> a, List<String> b) {
        int[][] best = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                best[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? best[i - 1][j - 1] + 1
                        : Math.max(best[i - 1][j], best[i][j - 1]);
            }
        }
        return best[a.size()][b.size()];
    }
}
