package io.sluice.app.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.runtime.Schemas;
import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.Formatted;
import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.mqtt.message.Message;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
            IngressFormat format =
                    Schemas.formats(config, schemas).ingress(mapped.rule().name());
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
        int bytes = ((Formatted.Value) formatted).value().length;
        lines.put("format", type + ": fits, a value of " + bytes + " bytes");
        return new FormatReport(true, lines);
    }
}
