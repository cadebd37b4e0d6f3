package dev.attune.tuning.verdict;

import java.util.List;

/**
 * What is thought of a stage.
 *
 * @param verdict the worst of its critical guards, or what stands above them
 * @param reason why, in words
 * @param tiles what each guard says, in the order of the evidence
 */
public record StageVerdict(Verdict verdict, String reason, List<GuardVerdict> tiles) {
    public StageVerdict {
        tiles = List.copyOf(tiles);
    }
}
