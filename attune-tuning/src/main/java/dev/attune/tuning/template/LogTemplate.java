package dev.attune.tuning.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What lines have in common.
 *
 * @param id a hash of the words at its first line and of the application; stays while the template becomes more general
 * @param tokens its words; {@value #ANY} where lines differ
 * @param firstMillis when its first line came
 * @param lines how many there were
 * @param examples at most three masked lines
 */
public record LogTemplate(String id, List<String> tokens, long firstMillis, long lines, List<String> examples) {
    /** Stands for any word. */
    public static final String ANY = "<*>";

    private static final int EXAMPLES = 3;

    public LogTemplate {
        tokens = List.copyOf(tokens);
        examples = List.copyOf(examples);
    }

    /** The share of words that are the same, of a line as long. */
    double similarity(List<String> line) {
        int same = 0;
        for (int i = 0; i < tokens.size(); i++) if (tokens.get(i).equals(line.get(i))) same++;
        return tokens.isEmpty() ? 1 : (double) same / tokens.size();
    }

    int anys() {
        return Collections.frequency(tokens, ANY);
    }

    /** With one more line: words that differ become general, the id stays. */
    LogTemplate with(List<String> line) {
        List<String> merged = new ArrayList<>(tokens);
        for (int i = 0; i < merged.size(); i++) if (!merged.get(i).equals(line.get(i))) merged.set(i, ANY);
        List<String> more = examples;
        String example = String.join(" ", line);
        if (examples.size() < EXAMPLES && !examples.contains(example)) {
            more = new ArrayList<>(examples);
            more.add(example);
        }
        return new LogTemplate(id, merged, firstMillis, lines + 1, more);
    }

    /** As people read it. */
    public String text() {
        return String.join(" ", tokens);
    }
}
