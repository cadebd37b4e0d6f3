package dev.attune.e2e.guarded;

/** What is wrong with a release of the sample service's configuration. */
public enum Fault {
    /** Nothing. */
    NONE("40ms", "0.001", "standard"),
    /** The carrier answers 25 % later. */
    SLOWER("50ms", "0.001", "standard"),
    /** 2 % of the requests are answered with 500, instead of 0.1 %. */
    FAILING("40ms", "0.02", "standard"),
    /** Requests are answered as before, and log an error that nobody logged so far. */
    NEW_ERROR("40ms", "0.001", "express");

    private final String answersIn;
    private final String failing;
    private final String tariff;

    Fault(String answersIn, String failing, String tariff) {
        this.answersIn = answersIn;
        this.failing = failing;
        this.tariff = tariff;
    }

    /** The text of {@code application.yaml}; {@code number} makes it differ from the last. */
    String text(int number) {
        return "carrier: {answers-in: " + answersIn + ", failing: " + failing + ", tariff: " + tariff
                + "}\ngreeting: release " + number + "\n";
    }
}
