package io.sluice.mqtt.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "//", "$SYS/x", "a b", "é/\uD83D\uDE00"})
    void acceptsWhatTheSpecificationAllows(String text) {
        assertThat(TopicName.problem(text)).isNull();
        assertThat(TopicName.of(text)).hasToString(text).isEqualTo(TopicName.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "#", "a/+", "a+b", "a#", "a\0b", "\uDC00", "\uD83Dx"})
    void refusesWithWhatWasExpected(String text) {
        assertThat(TopicName.problem(text)).contains("(expected:");
        assertThatThrownBy(() -> TopicName.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void emptyLevelsAreLevels() {
        assertThat(TopicName.of("/a//").levels()).containsExactly("", "a", "", "");
        assertThat(TopicName.of("$a").isSystem()).isTrue();
        assertThat(TopicName.of("a/$").isSystem()).isFalse();
    }
}
