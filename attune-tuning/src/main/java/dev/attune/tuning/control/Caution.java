package dev.attune.tuning.control;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a climb has learnt about how near its guards are to their limits, so that it does not step over one that it could have
 * seen coming (plant S4). The load of a place is that of the tightest guard there, 1 at its limit.
 *
 * <pre>
 *   expected(x) = min over measured p of  load(p) + steepness * |x - p|      allowed while expected + margin &lt;= 1
 *   steepness   = max(1, 1.5 * steepest rise between measured places at least 8 % apart), at most 10
 * </pre>
 *
 * <p>A bound by steepness and no model: it says nothing of places that nobody has measured but how bad they could be.
 *
 * @param points measured, the oldest first
 */
public record Caution(List<Measured> points) {
    /** Nothing measured: everything is allowed, as nothing is known to be limited. */
    public static final Caution NONE = new Caution(List.of());

    private static final int POINTS_MAX = 24;
    private static final double STEEPNESS_MIN = 1;
    private static final double STEEPNESS_MAX = 10;
    private static final double STEEPNESS_DOUBT = 1.5;
    private static final double APART = 0.08;
    /** Loads are measured with noise. */
    private static final double MARGIN = 0.04;

    public Caution {
        points = List.copyOf(points);
    }

    /**
     * A place that was measured.
     *
     * @param places of the keys, each 0..1
     * @param load of the tightest guard
     */
    public record Measured(List<Double> places, double load) {
        public Measured {
            places = List.copyOf(places);
        }
    }

    /** After a measurement; one at the same place replaces the older one half. */
    public Caution measured(List<Double> places, double load) {
        if (Double.isNaN(load)) return this;
        List<Measured> kept = new ArrayList<>();
        double smoothed = load;
        for (Measured each : points) {
            if (distance(each.places(), places) < 1e-9) smoothed = (each.load() + load) / 2;
            else kept.add(each);
        }
        kept.add(new Measured(places, smoothed));
        if (kept.size() > POINTS_MAX) kept.remove(0);
        return new Caution(kept);
    }

    /** Whether a place may be tried. */
    public boolean allows(List<Double> places) {
        return points.isEmpty() || expected(places) + MARGIN <= 1;
    }

    /** The worst load that the place could have, by what was measured. */
    public double expected(List<Double> places) {
        double steepness = steepness();
        double expected = Double.POSITIVE_INFINITY;
        for (Measured each : points)
            expected = Math.min(expected, each.load() + steepness * distance(each.places(), places));
        return expected;
    }

    private double steepness() {
        double steepest = STEEPNESS_MIN;
        for (int i = 0; i < points.size(); i++)
            for (int j = i + 1; j < points.size(); j++) {
                double apart = distance(points.get(i).places(), points.get(j).places());
                if (apart < APART) continue;
                double rise = Math.abs(points.get(i).load() - points.get(j).load()) / apart;
                steepest = Math.max(steepest, STEEPNESS_DOUBT * rise);
            }
        return Math.min(STEEPNESS_MAX, steepest);
    }

    private static double distance(List<Double> a, List<Double> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) sum += Math.abs(a.get(i) - b.get(i));
        return sum;
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.varint(points.size());
        for (Measured each : points) {
            out.varint(each.places().size());
            for (double place : each.places()) out.fixed64(Double.doubleToRawLongBits(place));
            out.fixed64(Double.doubleToRawLongBits(each.load()));
        }
    }

    /** Reads what {@link #write} wrote. */
    public static Caution read(Decoder in) {
        List<Measured> points = new ArrayList<>();
        for (int i = in.count(9); i > 0; i--) {
            List<Double> places = new ArrayList<>();
            for (int j = in.count(8); j > 0; j--) places.add(Double.longBitsToDouble(in.fixed64()));
            points.add(new Measured(places, Double.longBitsToDouble(in.fixed64())));
        }
        return new Caution(points);
    }
}
