package dev.attune.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConfigCodecTest {
    private static final Bytes TEXT = Bytes.utf8("b=1\na=2\n");

    @Test
    void update_isReadBackAsItWasWritten() {
        ConfigUpdate update = update();

        Bytes bytes = ConfigCodec.write(new Encoder(), update).toBytes();
        Decoder in = new Decoder(bytes);
        ConfigUpdate read = ConfigCodec.readUpdate(in);

        in.expectEnd();
        assertThat(read).isEqualTo(update);
        @Nullable Map<String, String> keys = read.files().get(0).keys();
        assertThat(keys == null ? List.<String>of() : List.copyOf(keys.keySet()))
                .containsExactly("b", "a");
    }

    @Test
    void release_isReadBackWithTheRevisionOfItsKey() {
        Release release = new Release(
                7,
                ReleaseKind.ROLLBACK,
                "ada",
                "why",
                123456789L,
                42,
                6,
                Digests.sha256(TEXT),
                Digests.md5(TEXT),
                TEXT);

        Bytes bytes = ConfigCodec.write(new Encoder(), release).toBytes();

        assertThat(ConfigCodec.readRelease(new Decoder(bytes), 42)).isEqualTo(release);
    }

    @Test
    void instance_isReadBackAsItWasWritten() {
        InstanceSpec spec =
                new InstanceSpec("i-1", "prod", "orders", "zone-a", "eu", "10.0.0.1", Map.of("tier", "web", "z", ""));

        Bytes bytes = ConfigCodec.write(new Encoder(), spec).toBytes();

        assertThat(ConfigCodec.readInstance(new Decoder(bytes))).isEqualTo(spec);
    }

    @Test
    void damagedBytes_endInMalformedExceptionOnly() {
        byte[] good = ConfigCodec.write(new Encoder(), update()).toArray();
        long seed = 20250117;
        Random random = new Random(seed);

        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            int flips = 1 + random.nextInt(3);
            for (int f = 0; f < flips; f++) bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            int length = random.nextInt(bad.length + 1);
            try {
                ConfigCodec.readUpdate(new Decoder(bad, 0, length));
            } catch (MalformedException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + i, e);
            }
        }
    }

    @Test
    void hugeCount_isRefusedBeforeAllocation() {
        Bytes bytes = new Encoder().varint(1).bool(true).varint(1L << 30).toBytes();

        assertThatThrownBy(() -> ConfigCodec.readUpdate(new Decoder(bytes))).isInstanceOf(MalformedException.class);
    }

    @Test
    void names_areOpaqueAndNeverPaths() {
        for (String bad : List.of("", ".", "..", "a..b", "a/b", "a b", "é", "a\0", "a".repeat(129)))
            assertThatThrownBy(() -> new Coordinate("prod", "orders", "default", bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("file: ");
        assertThat(new Coordinate("prod", "orders", "default", "application-eu_1.yaml"))
                .hasToString("prod/orders/default/application-eu_1.yaml");
    }

    private static ConfigUpdate update() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("b", "1");
        keys.put("a", "2");
        FileContent known = new FileContent("a.properties", "default", 3, 9, Digests.sha256(TEXT), TEXT, keys);
        FileContent plain = new FileContent("b.txt", "zone", 1, 8, Digests.sha256(TEXT), TEXT, null);
        return new ConfigUpdate(11, false, List.of(known, plain), List.of("gone.yaml"));
    }
}
