package io.sluice.kafka.ingress;

import java.util.Locale;

/** Kafka's errors as a closed list: the label of {@code sluice.kafka.produce.errors}. */
enum ProduceError {
    TIMEOUT,
    TOO_LARGE,
    NOT_AUTHORIZED,
    AUTHENTICATION,
    UNKNOWN_TOPIC,
    INVALID_TOPIC,
    INVALID_RECORD,
    LEADERSHIP,
    NOT_ENOUGH_REPLICAS,
    SEQUENCE,
    FENCED,
    QUOTA,
    NETWORK,
    STORAGE,
    TRANSACTION,
    CLOSED,
    OTHER;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
