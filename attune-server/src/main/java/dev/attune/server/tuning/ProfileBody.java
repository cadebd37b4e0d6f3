package dev.attune.server.tuning;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.http.Request;
import dev.attune.tuning.backtest.ProfileSamples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a profile is learnt from, when somebody tried values on some instances. Times are in seconds before the call, as the
 * caller's clock need not be ours.
 */
record ProfileBody(@Nullable List<Tried> tried) {
    private static final int TRIED_MAX = 64;
    private static final int INSTANCES_MAX = 1_000;
    private static final double SECONDS_MAX = 24 * 3_600;

    /** A value that some instances had, from so many seconds ago to so many. */
    record Tried(@Nullable Double value, @Nullable Double from, @Nullable Double to, @Nullable List<String> instances) {
        ProfileSamples.Held at(long nowMillis) {
            List<String> who = instances == null ? List.of() : instances;
            if (value == null || from == null || to == null || !Double.isFinite(value))
                throw invalid("tried: value, from or to is missing (expected: numbers)");
            if (!(to >= 0 && from > to && from <= SECONDS_MAX))
                throw invalid("from, to: " + from + ", " + to + " (expected: " + SECONDS_MAX + " >= from > to >= 0)");
            if (who.isEmpty() || who.size() > INSTANCES_MAX)
                throw invalid("instances: " + who.size() + " (expected: 1.." + INSTANCES_MAX + ")");
            return new ProfileSamples.Held(
                    value, nowMillis - Math.round(from * 1_000), nowMillis - Math.round(to * 1_000), who);
        }
    }

    /** What the request tells; nothing when it has no body. */
    static List<ProfileSamples.Held> tried(Request request, long nowMillis) {
        if (request.body().isEmpty()) return List.of();
        List<Tried> all = request.json(ProfileBody.class).tried();
        if (all == null || all.isEmpty() || all.size() > TRIED_MAX)
            throw invalid("tried: " + (all == null ? 0 : all.size()) + " (expected: 1.." + TRIED_MAX + ")");
        return all.stream().map(each -> each.at(nowMillis)).toList();
    }

    private static AttuneException invalid(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
