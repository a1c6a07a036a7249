package io.sluice.mqtt.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicFilterTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#",
                "+",
                "/",
                "a",
                "a/#",
                "/#",
                "+/#",
                "+/+",
                "a//b",
                " ",
                "$SYS/#",
                "$share/g/#",
                "$share/g//",
                "$share",
                "é/\uD83D\uDE00"
            })
    void acceptsWhatTheSpecificationAllows(String text) {
        assertThat(TopicFilter.problem(text)).isNull();
        assertThat(TopicFilter.of(text).value()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a#",
                "#/a",
                "a/#/b",
                "a+",
                "+a",
                "a/b+/c",
                "##",
                "++",
                "\0",
                "a\uD800",
                "$share/",
                "$share/g",
                "$share/g/",
                "$share//a",
                "$share/g+/a",
                "$share/#/a",
                "$share/g/a#"
            })
    void refusesWithWhatWasExpected(String text) {
        assertThat(TopicFilter.problem(text)).contains("(expected:");
        assertThatThrownBy(() -> TopicFilter.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextOfMoreThan65535BytesIsRefused() {
        assertThat(TopicFilter.problem("é".repeat(32_767))).isNull();
        assertThat(TopicFilter.problem("é".repeat(32_768))).contains("65536 bytes");
    }

    @Test
    void aShareHasANameAndTheLevelsOfItsFilter() {
        TopicFilter filter = TopicFilter.of("$share/g/a/+");

        assertThat(filter.isShared()).isTrue();
        assertThat(filter.shareName()).isEqualTo("g");
        assertThat(filter.levels()).containsExactly("a", "+");
        assertThat(filter.matches(TopicName.of("a/b"))).isTrue();
        assertThat(TopicFilter.of("$share/g/#").startsWithWildcard()).isTrue();
        assertThat(TopicFilter.of("a/+").shareName()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player10, false",
        "sport/#, sport, true",
        "#, sport, true",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "#, $SYS/x, false",
        "+/x, $SYS/x, false",
        "$SYS/#, $SYS/x, true",
        "$SYS/x/+, $SYS/x/Clients, true",
        "a, A, false",
        "a, /a, false",
        "a/, a, false"
    })
    void matchesAsTheSpecificationsExamplesSay(String filter, String name, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(TopicName.of(name))).isEqualTo(matches);
    }
}
