package dev.attune.tuning.template;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out of a line what differs each time, and with it what may be secret or personal: identifiers, addresses, times,
 * numbers, quoted texts, paths. Runs in time linear in the line, whatever it holds.
 */
final class Masking {
    /** A line's first characters; what follows is not looked at. */
    static final int LENGTH_MAX = 2_000;

    static final int TOKENS_MAX = 100;

    private record Rule(Pattern pattern, String mask) {}

    // The order matters: what holds others comes first.
    private static final List<Rule> RULES = List.of(
            rule("\"[^\"]*\"|'[^']*'", "<quoted>"),
            rule("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", "<email>"),
            rule("\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b", "<uuid>"),
            rule("\\b\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d+)?(?:Z|[+-]\\d{2}:?\\d{2})?", "<time>"),
            rule("\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b", "<ip>"),
            rule("(?:/[A-Za-z0-9_.-]+){2,}/?", "<path>"),
            rule("\\b(?:0x[0-9a-fA-F]+|[0-9a-fA-F]*\\d[0-9a-fA-F]{7,}|[0-9a-fA-F]{7,}\\d[0-9a-fA-F]*)\\b", "<hex>"),
            rule("[-+]?\\b\\d+(?:[.,]\\d+)*(?:ms|us|ns|s|m|h|KB|MB|GB|kB|B|%)?\\b", "<num>"));

    private Masking() {}

    private static Rule rule(String pattern, String mask) {
        return new Rule(Pattern.compile(pattern), mask);
    }

    /** The line's words, masked. */
    static List<String> tokens(String line) {
        String masked = line.length() > LENGTH_MAX ? line.substring(0, LENGTH_MAX) : line;
        for (Rule rule : RULES) masked = rule.pattern().matcher(masked).replaceAll(rule.mask());
        List<String> tokens = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= masked.length(); i++) {
            boolean blank = i == masked.length() || Character.isWhitespace(masked.charAt(i));
            if (!blank && start < 0) start = i;
            if (!blank || start < 0) continue;
            if (tokens.size() == TOKENS_MAX) break;
            tokens.add(masked.substring(start, i));
            start = -1;
        }
        return tokens;
    }

    static boolean isMask(String token) {
        return token.startsWith("<") && token.endsWith(">");
    }
}
