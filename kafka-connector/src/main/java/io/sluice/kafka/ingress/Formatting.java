package io.sluice.kafka.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.Formatted;
import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.format.KnownSchema;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.ingress.Outgoing.Unformatted;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Brings payloads into the format that their rule asks for, and what does not fit to its dead-letter topic, with key,
 * value and headers as they would have been. Immutable; on the lane's loop, and never waits.
 */
final class Formatting {

    /** What begins the names of the headers that say why a record is a dead letter. */
    static final String ERROR_PREFIX = "sluice.error.";

    /** Bytes of a message in a header: a device must not make a record larger than it is itself by much. */
    private static final int MESSAGE_CHARACTERS_MAX = 1_000;

    /** What has become of it. */
    sealed interface Result {}

    /** Its record is ready. */
    enum Ready implements Result {
        READY
    }

    /** It is not to be written. */
    record Misfit(Refused refused) implements Result {}

    /** That is not known yet. */
    record Held(CompletionStage<?> until) implements Result {}

    private final RuleFormats formats;
    private final String instance;

    Formatting(RuleFormats formats, String instance) {
        this.formats = formats;
        this.instance = instance;
    }

    /** What a rule makes of payloads, or null when it leaves them as they are. */
    @Nullable
    IngressFormat of(IngressRule rule) {
        return formats.ingress(rule.name());
    }

    /** Makes the record of a message that is not formatted yet, or says why there is none. */
    Result format(Outgoing outgoing) {
        Unformatted unformatted = outgoing.unformatted();
        if (unformatted == null) {
            return Ready.READY;
        }
        Formatted formatted = unformatted
                .format()
                .format(unformatted.message(), unformatted.mapped(), unformatted.receivedMillis(), unformatted.known());
        if (formatted instanceof Formatted.Held held) {
            return new Held(held.until());
        }
        ProducerRecord<byte[], byte[]> row = outgoing.row();
        if (formatted instanceof Formatted.Cleared) {
            outgoing.onFormatted(new ProducerRecord<>(row.topic(), null, row.key(), null, row.headers()));
            return Ready.READY;
        }
        if (formatted instanceof Formatted.Value value) {
            value.headers().forEach(row.headers()::add);
            outgoing.onFormatted(new ProducerRecord<>(row.topic(), null, row.key(), value.value(), row.headers()));
            return Ready.READY;
        }
        Formatted.Misfit misfit = (Formatted.Misfit) formatted;
        String deadLetterTopic = unformatted.format().settings().deadLetterTopic();
        if (unformatted.format().settings().onError() == FormatSettings.OnError.REFUSE || deadLetterTopic == null) {
            return new Misfit(new Refused(misfit.reason(), misfit.message()));
        }
        TopicCreation creation = outgoing.creation();
        outgoing.onDeadLettered(
                new ProducerRecord<>(deadLetterTopic, null, row.key(), row.value(), headers(row, misfit, unformatted)),
                // As the rule's topics, but for what is about their content, such as compaction.
                new TopicCreation(creation.enabled(), -1, creation.replicationFactor(), Map.of()),
                misfit.reason());
        return Ready.READY;
    }

    private Headers headers(ProducerRecord<byte[], byte[]> row, Formatted.Misfit misfit, Unformatted unformatted) {
        RecordHeaders headers = new RecordHeaders();
        for (Header header : row.headers()) {
            headers.add(header);
        }
        add(headers, "rule", unformatted.mapped().rule().name());
        add(headers, "reason", misfit.reason().id());
        String message = misfit.message();
        add(headers, "message", message.substring(0, Math.min(message.length(), MESSAGE_CHARACTERS_MAX)));
        add(headers, "path", misfit.path());
        add(headers, "topic", row.topic());
        if (misfit.schemaId() != KnownSchema.NO_ID) {
            add(headers, "schema-id", Integer.toString(misfit.schemaId()));
        }
        add(headers, "timestamp", Long.toString(unformatted.receivedMillis()));
        add(headers, "instance", instance);
        return headers;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(ERROR_PREFIX + name, value.getBytes(UTF_8));
    }
}
