package io.sluice.kafka.ingress;

import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.mapping.RuleSet;

/** What all lanes share. Immutable; each part is safe for all threads. */
record LaneSurroundings(
        RuleSet rules,
        TopicReadiness topics,
        ProducerGate gate,
        RecordProducer producer,
        LookAhead lookAhead,
        IngressSettings settings,
        IngressMeters meters,
        KafkaUp up) {}
