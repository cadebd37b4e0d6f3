package dev.attune.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class MembershipStepsTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId D = new MemberId("d");

    /** A library that notices that the new voter has caught up only when another entry is appended. */
    private static Node nodeThatLooksAtTheNextEntryOnly() {
        AtomicReference<@Nullable Closure> waiting = new AtomicReference<>();
        return (Node) Proxy.newProxyInstance(
                MembershipStepsTest.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "removeLearners" -> ((Closure) arguments[1]).run(Status.OK());
                        case "addPeer" -> waiting.set((Closure) arguments[1]);
                        case "apply" -> {
                            Closure found = waiting.getAndSet(null);
                            if (found != null) found.run(Status.OK());
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                    return null;
                });
    }

    @Test
    @DisplayName("G11: a promotion on an idle log ends although the library missed that the learner caught up")
    void idleLog_promotionEnds() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            MembershipSteps steps = new MembershipSteps(nodeThatLooksAtTheNextEntryOnly(), timer);
            Membership now = new Membership(new TreeSet<>(Set.of(A)), new TreeSet<>(Set.of(D)));

            steps.carryOut(new MembershipChange.Promote(D), now).get(20, TimeUnit.SECONDS);
        } finally {
            // Nothing is appended any more once the promotion has ended.
            assertThat(timer.shutdownNow()).isEqualTo(List.of());
        }
    }
}
