package io.sluice.kafka.ingress;

import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.fleet.Lease;
import io.sluice.kafka.transaction.GroupCommits;
import io.sluice.kafka.transaction.RetainedCopies;

/** What all lanes share. Immutable; each part is safe for all threads. */
record LaneSurroundings(
        Formatting formatting,
        TopicReadiness topics,
        ProducerGate gate,
        RecordProducer producer,
        GroupCommits commits,
        RetainedCopies retained,
        Lease lease,
        LookAhead lookAhead,
        IngressSettings settings,
        IngressMeters meters,
        DeniedTopics denied,
        KafkaUp up) {}
