package io.sluice.kafka.egress;

import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.mqtt.port.DeliverySink;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** What a tail works with. Immutable; each part is safe for all threads. */
record TailSurroundings(
        Supplier<Consumer<byte[], byte[]>> consumers,
        TopicDirectory directory,
        RuleSet rules,
        RecordMapper mapper,
        DeliverySink sink,
        EgressMeters meters) {}
