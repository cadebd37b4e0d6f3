package dev.attune.spring.cloud;

import dev.attune.spring.live.AttuneReleaseEvent;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Has the beans of {@code @RefreshScope} made anew after each release, ahead of the application's own listeners. The
 * event by which Spring Cloud binds properties beans again, in place, is not published: they were replaced as a whole.
 */
public final class RefreshedWithReleases implements ApplicationListener<AttuneReleaseEvent>, Ordered {
    private final RefreshScope scope;

    public RefreshedWithReleases(RefreshScope scope) {
        this.scope = scope;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(AttuneReleaseEvent event) {
        scope.refreshAll();
    }
}
