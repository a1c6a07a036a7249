package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {

    @Test
    void timesHaveAUnit() {
        assertThat(Durations.parse("100ms")).isEqualTo(Duration.ofMillis(100));
        assertThat(Durations.parse("5s")).isEqualTo(Duration.ofSeconds(5));
        assertThat(Durations.parse("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(Durations.parse("2h")).isEqualTo(Duration.ofHours(2));
        assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "-5s", "5S", "1.5s", "s", "5min", "PT5S", "9999999999s"})
    void otherTimesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
    }

    @Test
    void sizesHaveAUnitAndPrintAsWritten() {
        for (String text : List.of("0B", "512B", "256KiB", "1025KiB", "64MiB", "1GiB")) {
            assertThat(Bytes.parse(text)).hasToString(text);
        }
        assertThat(Bytes.parse("1MiB").count()).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5MB", "5 MiB", "-5B", "1.5GiB", "5mib", "999999999999999GiB"})
    void otherSizesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bytes.parse(text));
    }

    @Test
    void aShareIsOfTheHeap() {
        assertThat(HeapShare.parse("25%").bytes(1000)).isEqualTo(250);
        assertThat(HeapShare.parse("25%").bytes(Long.MAX_VALUE)).isPositive();
        assertThat(HeapShare.parse("64MiB").bytes(1000)).isEqualTo(64L << 20);
        assertThat(HeapShare.parse("25%")).hasToString("25%");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "25", "0%", "91%", "100%", "25 %", "1KiB"})
    void otherSharesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HeapShare.parse(text));
    }

    @Test
    void aRatioIsBetweenNoneAndAll() {
        assertThat(Ratio.parse("0").value()).isZero();
        assertThat(Ratio.parse("0.01")).hasToString("0.01");
        assertThat(Ratio.parse("1e-05").value()).isEqualTo(0.00001);
        assertThat(Ratio.parse("1").value()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1%", "1.1", "-0.1", "NaN", "half", "0x1", "e"})
    void otherRatiosAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.parse(text));
    }

    @Test
    void theBaseOfAServiceMayHaveAPath() {
        for (String text : List.of("http://collector:4318", "https://[::1]:4318/tenant/a", "http://collector")) {
            assertThat(HttpBase.parse(text)).hasToString(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "collector:4318",
                "grpc://c:4317",
                "http://",
                "http://u:p@c",
                "http://c?a=b",
                "http://c#a",
                "http://a b"
            })
    void otherBasesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HttpBase.parse(text));
    }

    @Test
    void addressesHaveAPort() {
        for (String text : List.of("127.0.0.1:1883", "[::1]:0", "kafka-1.example:65535")) {
            assertThat(HostAndPort.parse(text)).hasToString(text);
        }
        assertThat(BootstrapServers.parse("a:1, b:2")).hasToString("a:1,b:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1883", ":1883", "host", "host:", "host:65536", "::1:1883", "http://host:80", "a b:1"})
    void otherAddressesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostAndPort.parse(text));
    }

    @Test
    void loopbackIsTold() {
        for (String text : List.of("127.0.0.1:1", "127.1.2.3:1", "localhost:1", "[::1]:1")) {
            assertThat(HostAndPort.parse(text).isLoopback()).as(text).isTrue();
        }
        for (String text : List.of("0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example:1")) {
            assertThat(HostAndPort.parse(text).isLoopback()).as(text).isFalse();
        }
    }

    @Test
    void theNearestWordIsAtMostTwoEditsAway() {
        List<String> words = List.of("tcp", "ws", "bootstrap-servers");
        assertThat(Nearest.hint("tpc", words)).isEqualTo(" (did you mean \"tcp\"?)");
        assertThat(Nearest.hint("bootstrap-serve", words)).isEqualTo(" (did you mean \"bootstrap-servers\"?)");
        assertThat(Nearest.hint("bootstrap-serv", words)).isEmpty();
        assertThat(Nearest.hint("xyz", words)).isEmpty();
    }
}
