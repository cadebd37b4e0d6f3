package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.util.NamedThreadFactory;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.DefaultRaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.HashedWheelTimer;
import com.alipay.sofa.jraft.util.timer.Timer;
import java.util.concurrent.TimeUnit;

/** Timers that wake every 10 ms instead of every one, so that an idle member costs little. */
@SPI(name = "attune", priority = 100)
public final class QuietTimerFactory extends DefaultRaftTimerFactory {
    private static final int TICK_MILLIS = 10;
    private static final int TICKS = 256;

    @Override
    public Timer createTimer(String name) {
        return new HashedWheelTimer(new NamedThreadFactory(name, true), TICK_MILLIS, TimeUnit.MILLISECONDS, TICKS);
    }
}
