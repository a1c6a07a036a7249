package io.sluice.kafka.format;

import io.sluice.mqtt.port.Refusal;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.header.Header;

/** What has become of a payload. */
public sealed interface Formatted {

    /**
     * The record's value.
     *
     * @param headers that are added to the record's
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed to the producer as it is; nobody compares values.
    record Value(byte[] value, List<Header> headers) implements Formatted {}

    /** A retained message without a payload, which clears that of its topic: the record has no value, whatever the format. */
    enum Cleared implements Formatted {
        CLEARED
    }

    /**
     * It does not fit.
     *
     * @param reason PAYLOAD_FORMAT or SCHEMA
     * @param path of the first place that does not
     * @param message all of them, for people
     * @param schemaId of the schema, or {@link KnownSchema#NO_ID}
     */
    record Misfit(Refusal reason, String path, String message, int schemaId) implements Formatted {}

    /**
     * That cannot be said yet.
     *
     * @param until completes when it makes sense to ask again
     */
    record Held(CompletionStage<?> until) implements Formatted {}
}
