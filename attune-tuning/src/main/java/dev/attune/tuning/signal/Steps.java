package dev.attune.tuning.signal;

/**
 * Time as numbered steps of {@value #STEP_MILLIS} ms. Windows end at the watermark, one step behind now, so that what is
 * measured in the last moment has had time to arrive (tuning §2.2).
 */
public final class Steps {
    /** One step. */
    public static final long STEP_MILLIS = 10_000;

    /** Steps kept at full resolution: four hours. */
    static final int FINE_STEPS = 1_440;

    /** Steps in a minute, and how many minutes are kept: a day. */
    static final int STEPS_PER_MINUTE = 6;

    static final int MINUTES = 1_440;

    /** Steps in ten minutes, and how many of those are kept: fourteen days. */
    static final int STEPS_PER_TEN_MINUTES = 60;

    static final int TEN_MINUTES = 2_016;

    /** Steps whose sketches are kept one by one: an hour. */
    static final int SKETCH_STEPS = 360;

    private Steps() {}

    /** The step that holds this moment. */
    public static long at(long atMillis) {
        return Math.floorDiv(atMillis, STEP_MILLIS);
    }

    /** The last step that an evaluation at {@code nowMillis} looks at. */
    public static long watermark(long nowMillis) {
        return at(nowMillis) - 2;
    }

    /** How many steps a window has: at least one, rounded up. */
    public static int of(long windowMillis) {
        return (int) Math.max(1, Math.min(TEN_MINUTES * 60L, (windowMillis + STEP_MILLIS - 1) / STEP_MILLIS));
    }
}
