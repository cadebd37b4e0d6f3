package dev.attune.tuning.policy;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * Times in which automation changes nothing.
 *
 * @param cron when one begins: minute, hour, day, month, weekday
 * @param forMillis how long it lasts
 * @param zone in which the cron expression is read
 * @param why for people
 */
public record FreezeWindow(String cron, long forMillis, String zone, String why) {
    private static final long LONGEST_MILLIS = Duration.ofDays(31).toMillis();

    public FreezeWindow {
        if (forMillis <= 0 || forMillis > LONGEST_MILLIS)
            throw new IllegalArgumentException("for: " + forMillis + " ms (expected: up to 31 days)");
        if (cron.length() > 100) throw new IllegalArgumentException("cron: too long (expected: five fields)");
        schedule(cron);
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("tz: " + zone + " (expected: a time zone such as Europe/Berlin)", e);
        }
    }

    /** Whether the window is open. */
    public boolean holds(long nowMillis) {
        ZonedDateTime now = ZonedDateTime.ofInstant(Instant.ofEpochMilli(nowMillis), ZoneId.of(zone));
        // A start is looked for at or before now; the schedule itself only gives earlier ones.
        Optional<ZonedDateTime> last = schedule(cron).lastExecution(now.plusNanos(1_000_000));
        return last.isPresent() && last.get().toInstant().toEpochMilli() > nowMillis - forMillis;
    }

    private static ExecutionTime schedule(String cron) {
        CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        return ExecutionTime.forCron(parser.parse(cron));
    }
}
