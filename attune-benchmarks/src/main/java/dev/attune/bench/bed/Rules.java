package dev.attune.bench.bed;

import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The ways that Attune is compared with. */
final class Rules {
    private Rules() {}

    /** Leaves it. */
    static final class Fixed implements Steering {
        @Override
        public List<Integer> next(Look look) {
            return look.settings();
        }
    }

    /**
     * Steps as alarms do them: up by a share while a metric is on one side, down by another while it is on the other, after
     * it was so for two ticks.
     *
     * @param metric what it looks at
     * @param low below it the setting moves by {@code whenLow}
     * @param high above it the setting moves by {@code whenHigh}
     */
    record Threshold(
            Bounds bounds, ToDoubleFunction<Look> metric, double low, double high, double whenLow, double whenHigh) {
        Steering steering() {
            int[] ticks = {0, 0};
            return look -> {
                double value = metric.applyAsDouble(look);
                ticks[0] = value < low ? ticks[0] + 1 : 0;
                ticks[1] = value > high ? ticks[1] + 1 : 0;
                double now = look.setting();
                if (ticks[0] >= 2) now *= 1 + whenLow;
                if (ticks[1] >= 2) now *= 1 + whenHigh;
                if (ticks[0] >= 2 || ticks[1] >= 2) ticks[0] = ticks[1] = 0;
                return Steering.all(look, bounds.clamp(now));
            };
        }
    }

    /**
     * The rule of the Kubernetes autoscaler: {@code ceil(now * metric / target)}, nothing within 10 % of the target. It holds
     * that the metric falls as the setting grows; where it rises, the ratio is turned over.
     *
     * @param rises whether the metric grows with the setting
     */
    record Autoscaler(Bounds bounds, ToDoubleFunction<Look> metric, double target, boolean rises) {
        private static final double TOLERANCE = 0.1;

        Steering steering() {
            return look -> {
                double ratio = metric.applyAsDouble(look) / target;
                if (Math.abs(ratio - 1) <= TOLERANCE) return look.settings();
                double factor = rises ? 1 / Math.max(0.01, ratio) : ratio;
                return Steering.all(look, bounds.clamp(Math.ceil(look.setting() * factor)));
            };
        }
    }

    /**
     * The textbook integral controller with SmartConf's pole rule (ASPLOS 2018, as recalled): {@code c' = c + (1 - p) / alpha
     * * (goal_v - s)}, {@code p = 1 - 2 / delta} for a model error above 2, else 0.
     *
     * @param aim the virtual goal
     * @param gain alpha, from a profile
     * @param error delta, from the same profile
     */
    record Integral(Bounds bounds, ToDoubleFunction<Look> metric, double aim, double gain, double error) {
        Steering steering() {
            double pole = error > 2 ? 1 - 2 / error : 0;
            return look -> Steering.all(
                    look, bounds.clamp(look.setting() + (1 - pole) / gain * (aim - metric.applyAsDouble(look))));
        }
    }

    /** Netflix' library, in each service: its limit is the pool's size. */
    record Gradient2(Bounds bounds) implements Steering {
        @Override
        public void begin(List<ServiceProcess> nodes) throws IOException {
            for (ServiceProcess each : nodes) each.order("gradient2 " + bounds.least() + " " + bounds.most());
        }

        @Override
        public boolean elsewhere() {
            return true;
        }

        @Override
        public List<Integer> next(Look look) {
            return look.nodes().stream().map(each -> each.stats().pool()).toList();
        }
    }
}
