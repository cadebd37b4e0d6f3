package dev.attune.tuning.template;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** Where an exception came from, without line numbers: its class and the first five frames. */
final class StackTrace {
    private static final int FRAMES = 5;
    private static final int LENGTH_MAX = 16 << 10;
    private static final Pattern HEAD = Pattern.compile(
            "(?m)^(?:Caused by: |Exception in thread \\S+ )?([A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)+)(?::|$)");
    private static final Pattern FRAME = Pattern.compile("(?m)^\\s*at ([\\w$.<>/@-]+)\\(");

    private StackTrace() {}

    /** The fingerprint of a trace within a line's text; empty when there is none. */
    static String fingerprint(String text) {
        String bounded = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) : text;
        Matcher frame = FRAME.matcher(bounded);
        if (!frame.find()) return "";
        StringBuilder print = new StringBuilder();
        Matcher head = HEAD.matcher(bounded.substring(0, frame.start()));
        while (head.find()) {
            print.setLength(0);
            print.append(head.group(1));
        }
        int frames = 0;
        do print.append(" at ").append(frame.group(1));
        while (++frames < FRAMES && frame.find());
        return print.toString();
    }
}
