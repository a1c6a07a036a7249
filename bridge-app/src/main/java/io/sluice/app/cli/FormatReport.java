package io.sluice.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.runtime.Schemas;
import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.Formatted;
import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.mqtt.message.Message;
import io.sluice.schemas.convert.MisfitException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the format of a rule makes of one payload.
 *
 * @param fits whether it becomes a record of the rule's topic
 * @param lines what to say, by label
 */
record FormatReport(boolean fits, Map<String, String> lines) {

    private static final int SECONDS_MAX = 10;

    /**
     * Asks the schemas' source, for a while. Blocks.
     *
     * @throws IOException when schemas cannot be had
     */
    static FormatReport of(SluiceConfig config, Message message, Mapped mapped, long nowMillis) throws IOException {
        try (SchemaSource schemas = Schemas.source(config, new SimpleMeterRegistry())) {
            IngressFormat format = Schemas.formats(config, schemas, new SimpleMeterRegistry())
                    .ingress(mapped.rule().name());
            if (format == null) {
                return new FormatReport(
                        true, Map.of("format", "raw, " + message.payload().size() + " bytes as they are"));
            }
            return report(format, settled(format, message, mapped, nowMillis));
        }
    }

    private static Formatted settled(IngressFormat format, Message message, Mapped mapped, long nowMillis)
            throws IOException {
        Formatted formatted = format.format(message, mapped, nowMillis);
        try {
            while (formatted instanceof Formatted.Held held) {
                held.until().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
                formatted = format.format(message, mapped, nowMillis);
            }
            return formatted;
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the schema registry does not answer: such messages wait", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static FormatReport report(IngressFormat format, Formatted formatted) {
        FormatSettings settings = format.settings();
        String type = settings.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
        Map<String, String> lines = new LinkedHashMap<>();
        if (formatted instanceof Formatted.Misfit misfit) {
            lines.put("format", type + ": does not fit, " + misfit.reason().id() + ": " + misfit.message());
            lines.put(
                    "goes to",
                    settings.onError() == FormatSettings.OnError.REFUSE
                            ? "nowhere: refused, 0x99 for MQTT 5"
                            : "dead-letter topic " + settings.deadLetterTopic());
            return new FormatReport(false, lines);
        }
        if (!(formatted instanceof Formatted.Value value)) {
            lines.put(
                    "format", type + ": nothing, so that the retained message is cleared, by a record without a value");
            return new FormatReport(true, lines);
        }
        lines.put("format", type + ": fits, a value of " + value.value().length + " bytes");
        String record = shown(format, value);
        if (record != null) {
            lines.put("record", record);
        }
        return new FormatReport(true, lines);
    }

    private static @Nullable String shown(IngressFormat format, Formatted.Value value) {
        try {
            String json = format.shown(value);
            return json == null
                    ? null
                    : withoutEmpty(new JsonMapper().readTree(json)).toString();
        } catch (MisfitException | JsonProcessingException unspeakable) {
            // NaN above all.
            return "JSON has no word for it: " + unspeakable.getMessage();
        }
    }

    /** The same without what is absent or false by default, and without the payload, which is given. */
    private static JsonNode withoutEmpty(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .removeIf(entry -> entry.getValue().isNull()
                            || (entry.getValue().isArray() && entry.getValue().isEmpty())
                            || (entry.getKey().startsWith("is")
                                    && !entry.getValue().asBoolean())
                            || entry.getKey().equals("payload"));
        }
        node.forEach(FormatReport::withoutEmpty);
        return node;
    }
}
