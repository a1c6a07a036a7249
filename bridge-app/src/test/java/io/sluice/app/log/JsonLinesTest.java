package io.sluice.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {

    private final LoggerContext context = new LoggerContext();
    private final JsonLines lines = new JsonLines();

    private LoggingEvent event(@Nullable Throwable thrown, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent(
                "fqcn", context.getLogger("io.sluice.x.Y"), Level.WARN, "State is held up", thrown, null);
        event.setInstant(Instant.parse("2026-11-21T01:02:03.004Z"));
        for (KeyValuePair pair : pairs) {
            event.addKeyValuePair(pair);
        }
        return event;
    }

    private JsonNode read(LoggingEvent event) throws IOException {
        String line = lines.line(event);
        assertThat(line).endsWith("\n");
        assertThat(line.strip()).doesNotContain("\n");
        return new ObjectMapper().readTree(line);
    }

    @Test
    void anEventIsAnObjectWithItsKeys() throws IOException {
        JsonNode node = read(event(
                null,
                new KeyValuePair("clientId", "dev\"1\n\u0000"),
                new KeyValuePair("records", 17L),
                new KeyValuePair("guards", true),
                new KeyValuePair("cause", null)));

        assertThat(node.get("time").asText()).isEqualTo("2026-11-21T01:02:03.004Z");
        assertThat(node.get("level").asText()).isEqualTo("WARN");
        assertThat(node.get("logger").asText()).isEqualTo("io.sluice.x.Y");
        assertThat(node.get("thread").asText()).isEqualTo(Thread.currentThread().getName());
        assertThat(node.get("message").asText()).isEqualTo("State is held up");
        assertThat(node.get("clientId").asText()).isEqualTo("dev\"1\n\u0000");
        assertThat(node.get("records").isNumber()).isTrue();
        assertThat(node.get("guards").asBoolean()).isTrue();
        assertThat(node.get("cause").isNull()).isTrue();
        assertThat(node.has("error")).isFalse();
    }

    /** CSI (U+009B) begins a command for terminals as ESC [ does; U+202E turns what follows round. */
    @Test
    void whatTerminalsObeyIsEscapedAndWhatPeopleWriteIsNot() throws IOException {
        String hostile = "a\u001b[2J\u007f\u0080\u0085\u009b2J\u009f\u2028\u202e";
        LoggingEvent event = event(null, new KeyValuePair("clientId", hostile + "Gerät"));

        assertThat(lines.line(event).chars().filter(c -> Character.isISOControl(c) && c != '\n'))
                .isEmpty();
        assertThat(lines.line(event)).contains("\\u009B2J").contains("\\u202E").contains("Gerät");
        assertThat(read(event).get("clientId").asText()).isEqualTo(hostile + "Gerät");
    }

    @Test
    void whatWasThrownStandsInTheSameLine() throws IOException {
        JsonNode node = read(event(new IllegalStateException("no\nway", new IOException("deeper"))));

        assertThat(node.get("error").asText()).isEqualTo("java.lang.IllegalStateException: no\nway");
        assertThat(node.get("stack").asText()).contains("JsonLinesTest").contains("Caused by: java.io.IOException");
    }

    @Test
    void aKeyThatIsTakenGetsAnotherName() throws IOException {
        JsonNode node = read(event(null, new KeyValuePair("message", "mine"), new KeyValuePair("time", 3)));

        assertThat(node.get("message").asText()).isEqualTo("State is held up");
        assertThat(node.get("message_").asText()).isEqualTo("mine");
        assertThat(node.get("time_").asInt()).isEqualTo(3);
    }
}
