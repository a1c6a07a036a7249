package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.Message;
import org.apache.kafka.common.header.Headers;

/** The record contract: the {@code mqtt.*} headers (docs/reference/record.md). */
public final class MessageHeaders {

    private MessageHeaders() {}

    /** The headers of the record for this message. */
    public static Headers of(Message message, IngressMapping.Mapped mapping) {
        throw new UnsupportedOperationException("headers " + message + mapping);
    }
}
