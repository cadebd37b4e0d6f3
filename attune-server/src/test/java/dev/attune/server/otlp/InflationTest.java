package dev.attune.server.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InflationTest {
    static Bytes gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return Bytes.wrap(out.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, 1024, 1025, 99_999, 100_000})
    void bodyWithinTheBound_isInflated(int size) throws IOException {
        assertThat(Inflation.plain(gzip(new byte[size]), "gzip", 100_000)).hasSize(size);
        assertThat(Inflation.plain(Bytes.wrap(new byte[size]), "", 100_000)).hasSize(size);
    }

    @Test
    void bodyThatInflatesTooFar_isRefused() throws IOException {
        Bytes bomb = gzip(new byte[10_000_000]);
        assertThatThrownBy(() -> Inflation.plain(bomb, "gzip", 100_000))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
        assertThatThrownBy(() -> Inflation.plain(gzip(new byte[100_001]), "gzip", 100_000))
                .isInstanceOf(AttuneException.class);
    }

    @Test
    void bodyThatIsNoGzip_isRefused() {
        assertThatThrownBy(() -> Inflation.plain(Bytes.utf8("nonsense"), "gzip", 100_000))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        assertThatThrownBy(() -> Inflation.plain(Bytes.utf8("x"), "zstd", 100_000))
                .isInstanceOf(AttuneException.class);
    }
}
