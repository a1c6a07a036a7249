package io.sluice.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a client says is no line of the log, and no word to a terminal. */
final class OneLineTest {

    @Test
    void whatIsPlainIsLeftAsItIs() {
        assertThat(OneLine.escaped("Denied clientId=\"größe-1\"", 100)).isEqualTo("Denied clientId=\"größe-1\"");
    }

    @Test
    void controlsAreWrittenAsEscapes() {
        assertThat(OneLine.escaped("x\r\n\tERROR\u001B[31m\u009B0m\0", 100))
                .isEqualTo("x\\r\\n\\tERROR\\u001B[31m\\u009B0m\\u0000");
    }

    @Test
    void theDirectionOfWritingIsNotTurned() {
        assertThat(OneLine.escaped("a\u202Eb\u2066c\u2028d", 100)).isEqualTo("a\\u202Eb\\u2066c\\u2028d");
    }

    @Test
    void whatIsTooLongIsCut() {
        assertThat(OneLine.escaped("x".repeat(11), 10)).isEqualTo("x".repeat(10) + "…");
        assertThat(OneLine.escaped("x".repeat(10), 10)).isEqualTo("x".repeat(10));
    }
}
