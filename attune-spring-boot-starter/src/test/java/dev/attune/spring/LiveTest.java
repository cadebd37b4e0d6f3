package dev.attune.spring;

import static dev.attune.spring.Started.app;
import static dev.attune.spring.Started.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.client.config.Config;
import dev.attune.spring.live.AttuneReleaseEvent;
import dev.attune.spring.live.Live;
import dev.attune.testkit.AttuneExtension;
import dev.attune.testkit.TestCentre;
import jakarta.validation.constraints.Max;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.validation.annotation.Validated;

/** What follows the centre in a running application, as a whole or not at all. */
@Timeout(120)
@ExtendWith(AttuneExtension.class)
class LiveTest {
    /** Bound by its constructor. */
    @Validated
    @ConfigurationProperties("pool")
    record Pool(
            @DefaultValue("1") @Max(100) int size,
            @DefaultValue("1") int twin,
            @DefaultValue("5s") Duration patience) {}

    /** Bound by its setters. */
    @Validated
    @ConfigurationProperties("shop")
    static class Shop {
        @Max(100) private int discount;

        private int twin;
        private List<String> currencies = List.of();

        public int getDiscount() {
            return discount;
        }

        public void setDiscount(int discount) {
            this.discount = discount;
        }

        public int getTwin() {
            return twin;
        }

        public void setTwin(int twin) {
            this.twin = twin;
        }

        public List<String> getCurrencies() {
            return currencies;
        }

        public void setCurrencies(List<String> currencies) {
            this.currencies = currencies;
        }

        int[] both() {
            return new int[] {discount, twin};
        }
    }

    /** Uses them in every way there is. */
    static class Consumer {
        @Value("${greeting:none}")
        volatile String greeting = "";

        @Value("${shop.currencies:}")
        volatile List<String> currencies = List.of();

        final int sizeAtStart;
        final Shop shop;
        final Live<Pool> pool;
        final Live<Shop> liveShop;
        final List<Integer> limits = new CopyOnWriteArrayList<>();
        final List<AttuneReleaseEvent> events = new CopyOnWriteArrayList<>();
        final List<String> seenAtEvent = new CopyOnWriteArrayList<>();

        Consumer(Shop shop, Pool pool, Live<Pool> live, Live<Shop> liveShop) {
            this.shop = shop;
            this.sizeAtStart = pool.size();
            this.pool = live;
            this.liveShop = liveShop;
        }

        @Value("${limit:7}")
        void setLimit(int limit) {
            limits.add(limit);
        }

        @Autowired
        void setOther(@Value("${limit:7}") long limit) {
            limits.add((int) limit + 1000);
        }

        @EventListener
        void released(AttuneReleaseEvent event) {
            seenAtEvent.add(
                    greeting + " " + shop.getDiscount() + " " + pool.get().size());
            events.add(event);
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @EnableConfigurationProperties({Pool.class, Shop.class})
    static class Application {
        @Bean
        Consumer consumer(Shop shop, Pool pool, Live<Pool> live, Live<Shop> liveShop) {
            return new Consumer(shop, pool, live, liveShop);
        }
    }

    @Test
    void release_replacesBeansAndValuesBeforeItsOneEvent(TestCentre centre) throws Exception {
        centre.put("test", "live", "application.yaml", "greeting: hello\npool.size: 5\nshop: {discount: 10}\n");
        try (ConfigurableApplicationContext context = app(centre, "live", Application.class)) {
            Consumer consumer = context.getBean(Consumer.class);
            Shop before = consumer.liveShop.get();
            centre.put(
                    "test",
                    "live",
                    "application.yaml",
                    "greeting: hi\npool: {size: 6, patience: 2s}\nshop: {discount: 20, currencies: [EUR, SEK]}\nlimit: 9\n");
            until(() -> consumer.events.size() == 1);
            assertThat(consumer.seenAtEvent).containsExactly("hi 20 6");
            assertThat(consumer.currencies).isEmpty();
            assertThat(consumer.shop.getCurrencies()).containsExactly("EUR", "SEK");
            assertThat(consumer.pool.get()).isEqualTo(new Pool(6, 1, Duration.ofSeconds(2)));
            assertThat(consumer.limits).contains(7, 1007, 9, 1009);
            assertThat(consumer.sizeAtStart).isEqualTo(5);
            assertThat(context.getBean(Pool.class).size()).isEqualTo(5);
            assertThat(before.getDiscount()).as("an instance never changes").isEqualTo(10);
            AttuneReleaseEvent event = consumer.events.get(0);
            assertThat(event.releases()).containsEntry("application.yaml", 2L);
            assertThat(event.application()).isEqualTo("live");
            assertThat(event.hasChanged("pool")).isTrue();
            assertThat(event.hasChanged("po")).isFalse();
            assertThat(event.oldValue("greeting")).contains("hello");
            assertThat(event.newValue("greeting")).contains("hi");
        }
    }

    @Test
    void releaseThatDoesNotBind_isVetoedWithTheReason_andChangesNothing(TestCentre centre) throws Exception {
        centre.put("test", "veto", "application.yaml", "greeting: hello\npool.size: 5\nlimit: 1\n");
        try (ConfigurableApplicationContext context = app(centre, "veto", Application.class)) {
            Consumer consumer = context.getBean(Consumer.class);
            Config config = context.getBean(Config.class);
            Pool before = consumer.pool.get();

            assertVetoed(centre, config, "greeting: bad\npool.size: 500\nlimit: 1\n", "pool.size: 500 (expected: ");
            assertVetoed(centre, config, "greeting: bad\npool.size: many\nlimit: 1\n", "pool.size: ");
            assertVetoed(centre, config, "greeting: bad\nshop.discount: 101\nlimit: 1\n", "shop.discount: 101");
            assertVetoed(centre, config, "greeting: bad\nlimit: none\n", "@Value of consumer.setLimit(…): ");

            assertThat(consumer.greeting).isEqualTo("hello");
            assertThat(consumer.pool.get()).isSameAs(before);
            assertThat(context.getEnvironment().getProperty("greeting")).isEqualTo("hello");
            assertThat(consumer.events).isEmpty();

            centre.put("test", "veto", "application.yaml", "greeting: good\npool.size: 50\nlimit: 2\n");
            until(() -> consumer.greeting.equals("good"));
            until(() -> !consumer.events.isEmpty());
            assertThat(consumer.pool.get().size()).isEqualTo(50);
            assertThat(config.vetoed()).isEmpty();
        }
    }

    private static void assertVetoed(TestCentre centre, Config config, String text, String reason) throws Exception {
        long before = config.vetoedCount();
        centre.put("test", "veto", "application.yaml", text);
        until(() -> config.vetoedCount() == before + 1);
        assertThat(config.vetoed().orElseThrow().reason()).contains(reason);
    }

    @Test
    void readersDuringManyReleases_neverSeeAMixture(TestCentre centre) throws Exception {
        centre.put("test", "mix", "application.yaml", text(1));
        try (ConfigurableApplicationContext context = app(centre, "mix", Application.class)) {
            Consumer consumer = context.getBean(Consumer.class);
            AtomicBoolean ended = new AtomicBoolean();
            AtomicReference<@Nullable String> mixture = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                while (!ended.get()) {
                    Pool pool = consumer.pool.get();
                    int[] both = consumer.shop.both();
                    int later = consumer.liveShop.get().getDiscount();
                    // Leaves the processor to the ones that release.
                    LockSupport.parkNanos(10_000);
                    if (pool.size() != pool.twin()) mixture.set(pool.toString());
                    if (both[0] != both[1]) mixture.set(both[0] + " " + both[1]);
                    if (both[0] < pool.size() || later < both[0]) mixture.set("a bean went back");
                }
            });
            reader.start();
            for (int i = 2; i <= 40; i++) centre.put("test", "mix", "application.yaml", text(i));
            until(() -> consumer.pool.get().size() == 40);
            ended.set(true);
            reader.join();
            assertThat(mixture.get()).isNull();
        }
    }

    private static String text(int value) {
        return "pool: {size: " + value + ", twin: " + value + "}\nshop: {discount: " + value + ", twin: " + value
                + "}\n";
    }

    @Test
    void propertiesThatDoNotBindAtTheStart_failTheStart(TestCentre centre) {
        centre.put("test", "bad", "application.yaml", "pool.size: 500\n");
        assertThatThrownBy(() -> app(centre, "bad", Unused.class)).hasStackTraceContaining("pool");
    }

    /** Nobody asks for the bean. */
    @Configuration
    @EnableAutoConfiguration
    @EnableConfigurationProperties(Pool.class)
    static class Unused {}

    @Test
    void excludedOrSwitchedOff_keepsTheValuesOfTheStart(TestCentre centre) throws Exception {
        centre.put("test", "still", "application.yaml", "greeting: a\npool.size: 5\nshop.discount: 1\n");
        try (ConfigurableApplicationContext context =
                app(centre, "still", Application.class, "attune.live.excluded=pool", "attune.live.values=false")) {
            Consumer consumer = context.getBean(Consumer.class);
            centre.put("test", "still", "application.yaml", "greeting: b\npool.size: 500\nshop.discount: 2\n");
            until(() -> consumer.events.size() == 1);
            assertThat(consumer.greeting).isEqualTo("a");
            assertThat(consumer.pool.get().size()).isEqualTo(5);
            assertThat(consumer.shop.getDiscount()).isEqualTo(2);
        }
    }

    @Test
    void withoutAnImport_handlesGiveTheBoundBeans() {
        try (ConfigurableApplicationContext context =
                app("alone", Application.class, "spring.config.import=", "pool.size=3")) {
            assertThat(context.getBean(Consumer.class).pool.get().size()).isEqualTo(3);
        }
    }
}
