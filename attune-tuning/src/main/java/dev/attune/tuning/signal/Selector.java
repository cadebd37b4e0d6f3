package dev.attune.tuning.signal;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which series are meant: a metric's name and conditions on labels, written as in Prometheus ({@code
 * http_requests_total{code=~"5..", cohort="canary"}}). {@code instance} and {@code cohort} are labels that the centre
 * knows; no sender can set them.
 *
 * @param metric the name
 * @param matchers the conditions; all must hold
 */
public record Selector(String metric, List<Matcher> matchers) {
    /** How long a selector's text may be. */
    public static final int LENGTH_MAX = 512;

    private static final int MATCHERS_MAX = 16;

    public Selector {
        matchers = List.copyOf(matchers);
    }

    /** All series of a metric. */
    public static Selector of(String metric) {
        return parse(metric);
    }

    /** How a label is compared. */
    public enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        MATCHES_NOT("!~");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    /** One condition; a label that is absent is empty. Patterns match whole values. */
    public record Matcher(String label, Operator operator, String value, Pattern pattern) {
        boolean accepts(String actual) {
            return switch (operator) {
                case EQUAL -> actual.equals(value);
                case NOT_EQUAL -> !actual.equals(value);
                case MATCHES -> pattern.matches(actual);
                case MATCHES_NOT -> !pattern.matches(actual);
            };
        }

        @Override
        public String toString() {
            return label + operator.sign + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }

    /** A text is no selector. */
    public static final class SyntaxException extends IllegalArgumentException {
        private final int offset;

        SyntaxException(int offset, String problem) {
            super(problem);
            this.offset = offset;
        }

        /** Where, counted in characters from the selector's start. */
        public int offset() {
            return offset;
        }
    }

    /**
     * Reads a selector.
     *
     * @throws SyntaxException with the place, when it is none
     */
    public static Selector parse(String text) {
        return new Parser(text).selector();
    }

    /** Whether the series is meant, when its instance is in {@code cohort}. */
    public boolean accepts(SeriesId series, Cohort cohort) {
        if (!series.metric().equals(metric)) return false;
        for (Matcher matcher : matchers) {
            boolean accepted =
                    switch (matcher.label()) {
                        case "instance" -> matcher.accepts(series.instance());
                        case "cohort" -> matcher.value().equals("all") || matcher.accepts(cohort.label());
                        default -> matcher.accepts(series.labels().getOrDefault(matcher.label(), ""));
                    };
            if (!accepted) return false;
        }
        return true;
    }

    /** Whether some cohort of instances may be meant: what must be kept for this selector. */
    boolean mayAccept(SeriesId series) {
        for (Cohort cohort : Cohort.values()) if (accepts(series, cohort)) return true;
        return false;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(metric).append('{');
        for (int i = 0; i < matchers.size(); i++) text.append(i == 0 ? "" : ",").append(matchers.get(i));
        return text.append('}').toString();
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            if (text.length() > LENGTH_MAX)
                throw new SyntaxException(0, "selector: " + text.length() + " characters (expected: <= 512)");
            this.text = text;
        }

        Selector selector() {
            String metric = name(true);
            List<Matcher> matchers = new ArrayList<>();
            skipBlanks();
            if (at < text.length()) {
                expect('{');
                skipBlanks();
                while (peek() != '}') {
                    if (matchers.size() == MATCHERS_MAX)
                        throw new SyntaxException(at, "conditions: more than " + MATCHERS_MAX);
                    matchers.add(matcher());
                    skipBlanks();
                    if (peek() == ',') at++;
                    else if (peek() != '}') throw new SyntaxException(at, "expected: ',' or '}'");
                    skipBlanks();
                }
                at++;
            }
            skipBlanks();
            if (at != text.length()) throw new SyntaxException(at, "nothing may follow '}'");
            return new Selector(metric, matchers);
        }

        private Matcher matcher() {
            String label = name(false);
            skipBlanks();
            Operator operator = operator();
            skipBlanks();
            int valueAt = at;
            String value = quoted();
            boolean pattern = operator == Operator.MATCHES || operator == Operator.MATCHES_NOT;
            try {
                return new Matcher(label, operator, value, Pattern.compile(pattern ? value : ""));
            } catch (PatternSyntaxException e) {
                throw new SyntaxException(valueAt, "pattern: " + e.getDescription());
            }
        }

        private Operator operator() {
            for (Operator each :
                    new Operator[] {Operator.MATCHES, Operator.MATCHES_NOT, Operator.NOT_EQUAL, Operator.EQUAL}) {
                if (text.startsWith(each.sign, at)) {
                    at += each.sign.length();
                    return each;
                }
            }
            throw new SyntaxException(at, "expected: one of = != =~ !~");
        }

        private String name(boolean metric) {
            int start = at;
            while (at < text.length() && isNamePart(text.charAt(at), at == start, metric)) at++;
            if (at == start) throw new SyntaxException(at, metric ? "expected: a metric" : "expected: a label");
            return text.substring(start, at);
        }

        private static boolean isNamePart(char c, boolean first, boolean metric) {
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return true;
            if (metric && c == ':') return true;
            return !first && ((c >= '0' && c <= '9') || c == '.');
        }

        private String quoted() {
            char quote = peek();
            if (quote != '"' && quote != '\'') throw new SyntaxException(at, "expected: a quoted value");
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == quote) {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && at + 1 < text.length()) c = text.charAt(++at);
                value.append(c);
            }
            throw new SyntaxException(at, "the quoted value does not end");
        }

        private void expect(char c) {
            if (peek() != c) throw new SyntaxException(at, "expected: '" + c + "'");
            at++;
        }

        private char peek() {
            return at < text.length() ? text.charAt(at) : '\0';
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }
    }
}
