package dev.attune.e2e.guarded;

/** What is wrong with a release of the sample service's configuration. */
public enum Fault {
    /** Nothing. */
    NONE("0", "0.001", "standard"),
    /** Each request takes 25 % longer than it would. */
    SLOWER("0.25", "0.001", "standard"),
    /** 2 % of the requests are answered with 500, instead of 0.1 %. */
    FAILING("0", "0.02", "standard"),
    /** Requests are answered as before, and log an error that nobody logged so far. */
    NEW_ERROR("0", "0.001", "express");

    private final String checking;
    private final String failing;
    private final String tariff;

    Fault(String checking, String failing, String tariff) {
        this.checking = checking;
        this.failing = failing;
        this.tariff = tariff;
    }

    /** The text of {@code application.yaml}; {@code number} makes it differ from the last. */
    String text(int number) {
        return "carrier: {checking: " + checking + ", failing: " + failing + ", tariff: " + tariff
                + "}\ngreeting: release " + number + "\n";
    }
}
