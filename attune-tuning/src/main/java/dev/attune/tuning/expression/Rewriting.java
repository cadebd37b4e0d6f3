package dev.attune.tuning.expression;

import dev.attune.tuning.signal.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Our notation as CEL: selectors become variables, numbers become doubles, durations become seconds. Remembers where each
 * part came from, so that what the CEL checker finds is reported at its place in the original.
 */
final class Rewriting {
    static final int LENGTH_MAX = 2_000;
    static final String VARIABLE = "_s";
    private static final int SELECTORS_MAX = 32;

    private final String text;
    private final StringBuilder cel = new StringBuilder();
    private final List<int[]> places = new ArrayList<>();
    private final List<Selector> selectors = new ArrayList<>();
    private double longestSeconds;
    private int at;

    private Rewriting(String text) {
        this.text = text;
    }

    static Rewriting of(String text) {
        if (text.length() > LENGTH_MAX)
            throw new ExpressionException("", 0, "expression: " + text.length() + " characters (expected: <= 2000)");
        Rewriting rewriting = new Rewriting(text);
        while (rewriting.at < text.length()) rewriting.token();
        return rewriting;
    }

    /** The expression for the checker, on one line. */
    String cel() {
        return cel.toString();
    }

    List<Selector> selectors() {
        return selectors;
    }

    /** The longest duration that is named; 0 without any. */
    double longestSeconds() {
        return longestSeconds;
    }

    /** Where in the original the character at {@code offset} of the rewritten text came from. */
    int original(int offset) {
        int[] best = {0, 0};
        for (int[] place : places) if (place[0] <= offset) best = place;
        return Math.min(text.length(), best[1]);
    }

    private void token() {
        char c = text.charAt(at);
        places.add(new int[] {cel.length(), at});
        if (Character.isWhitespace(c)) {
            cel.append(' ');
            at++;
        } else if (c == '"' || c == '\'') {
            quoted(c);
        } else if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
            number();
        } else if (isLetter(c)) {
            name();
        } else {
            cel.append(c);
            at++;
        }
    }

    private void quoted(char quote) {
        int start = at;
        for (at++; at < text.length() && text.charAt(at) != quote; at++)
            if (text.charAt(at) == '\\' && at + 1 < text.length()) at++;
        if (at >= text.length()) throw new ExpressionException(text, start, "the quoted text does not end");
        at++;
        cel.append(text, start, at);
    }

    private void number() {
        int start = at;
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) at++;
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) at++;
            while (at < text.length() && isDigit(text.charAt(at))) at++;
        }
        double value;
        try {
            value = Double.parseDouble(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw new ExpressionException(text, start, "not a number: " + text.substring(start, at));
        }
        int unitAt = at;
        while (at < text.length() && isLetter(text.charAt(at))) at++;
        value *= seconds(text.substring(unitAt, at), unitAt);
        if (!Double.isFinite(value)) throw new ExpressionException(text, start, "number: too large");
        if (at > unitAt) longestSeconds = Math.max(longestSeconds, value);
        cel.append(value);
    }

    private double seconds(String unit, int unitAt) {
        return switch (unit) {
            case "" -> 1;
            case "ms" -> 0.001;
            case "s" -> 1;
            case "m" -> 60;
            case "h" -> 3_600;
            case "d" -> 86_400;
            default ->
                throw new ExpressionException(
                        text, unitAt, "unit: " + unit + " (expected: one of ms s m h d, or none)");
        };
    }

    private void name() {
        int start = at;
        while (at < text.length() && isNamePart(at)) at++;
        String name = text.substring(start, at);
        if (name.startsWith("_")) throw new ExpressionException(text, start, "names may not begin with '_'");
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) next++;
        boolean function = next < text.length() && text.charAt(next) == '(';
        if (function || name.equals("true") || name.equals("false") || name.equals("in")) {
            cel.append(name);
            return;
        }
        if (next < text.length() && text.charAt(next) == '{') {
            at = next;
            conditions();
        }
        if (selectors.size() == SELECTORS_MAX)
            throw new ExpressionException(text, start, "selectors: more than " + SELECTORS_MAX);
        try {
            cel.append(VARIABLE).append(selectors.size());
            selectors.add(Selector.parse(text.substring(start, at)));
        } catch (Selector.SyntaxException e) {
            throw new ExpressionException(text, start + e.offset(), String.valueOf(e.getMessage()));
        }
    }

    private void conditions() {
        int start = at;
        for (at++; at < text.length() && text.charAt(at) != '}'; at++) {
            char quote = text.charAt(at);
            if (quote != '"' && quote != '\'') continue;
            for (at++; at < text.length() && text.charAt(at) != quote; at++)
                if (text.charAt(at) == '\\' && at + 1 < text.length()) at++;
        }
        if (at >= text.length()) throw new ExpressionException(text, start, "'{' is not closed");
        at++;
    }

    private boolean isNamePart(int index) {
        char c = text.charAt(index);
        if (isLetter(c) || isDigit(c)) return true;
        // A metric's name may hold these, but not end with them: `a ? b : c` keeps its meaning.
        return (c == ':' || c == '.') && index + 1 < text.length() && isLetter(text.charAt(index + 1));
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
