package dev.attune.tuning.decision;

import dev.attune.tuning.control.Setting;
import dev.attune.tuning.guard.Refusal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** A decision in one sentence, from its record alone; also why nothing was done (tuning §6.2). */
public final class Explanation {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final MathContext DIGITS = new MathContext(3);

    private Explanation() {}

    /** A moment as sentences begin with it. */
    static String time(long atMillis) {
        return TIME.format(Instant.ofEpochMilli(atMillis));
    }

    /** The sentence. */
    public static String sentence(Decision decision) {
        Tick tick = decision.tick();
        String who = decision.decider().policy() + " " + decision.decider().version();
        String what = decision.decider().key();
        StringBuilder text =
                new StringBuilder(time(tick.nowMillis())).append(' ').append(who);
        switch (decision.outcome()) {
            case APPLY -> text.append(" changes ").append(move(decision, what)).append(because(decision));
            case AWAIT_APPROVAL ->
                text.append(" asks to change ").append(move(decision, what)).append(because(decision));
            case RECOMMENDED ->
                text.append(" would change ").append(move(decision, what)).append(because(decision));
            case SHADOWED ->
                text.append(" (in the shadow) would change ")
                        .append(move(decision, what))
                        .append(because(decision));
            case NOTHING, OFF -> text.append(left(tick, what)).append(because(decision));
            case REFUSED -> text.append(left(tick, what)).append(refusal(decision));
        }
        if (!decision.after().tripped().isEmpty())
            text.append("; the policy only recommends, as ")
                    .append(decision.after().tripped());
        return text.append('.').toString();
    }

    private static String left(Tick tick, String what) {
        return " leaves " + what + " at " + tick.current().text();
    }

    private static String move(Decision decision, String what) {
        Setting from = decision.tick().current();
        Setting to = decision.guards().to();
        String text = what + " from " + from.text() + " to " + to.text();
        if (from.isNumber() && to.isNumber() && from.number() != 0) {
            double percent = (to.number() - from.number()) / Math.abs(from.number()) * 100;
            text += " (" + (percent > 0 ? "+" : "") + number(percent) + " %)";
        }
        if (!decision.guards().clamped().isEmpty())
            text += " instead of " + decision.proposal().to().text() + " ("
                    + decision.guards().clamped() + ")";
        return text;
    }

    private static String because(Decision decision) {
        StringBuilder text =
                new StringBuilder(", as ").append(decision.proposal().reason());
        Map<String, Double> evidence = decision.proposal().evidence();
        if (evidence.containsKey("metric") && evidence.containsKey("aim")) {
            text.append(": measured ").append(number(evidence.getOrDefault("metric", Double.NaN)));
            text.append(", aim ").append(number(evidence.getOrDefault("aim", Double.NaN)));
            text.append(", goal ").append(number(evidence.getOrDefault("goal", Double.NaN)));
        }
        return text.toString();
    }

    private static String refusal(Decision decision) {
        Refusal refusal = decision.guards().refusal();
        if (refusal == null) return "";
        String wanted = decision.proposal().change()
                ? " though " + decision.proposal().to().text() + " was wanted"
                : "";
        String detail = decision.guards().detail().isEmpty()
                ? ""
                : " (" + decision.guards().detail() + ")";
        return wanted + ", because " + refusal.words() + detail + " [" + refusal + "]";
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) return "unknown";
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        return rounded.toPlainString();
    }
}
