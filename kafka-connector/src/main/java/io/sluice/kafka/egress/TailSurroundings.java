package io.sluice.kafka.egress;

import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.mqtt.port.DeliverySink;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** What a tail works with. Immutable; each part is safe for all threads. */
record TailSurroundings(
        Supplier<Consumer<byte[], byte[]>> consumers,
        Function<Collection<TopicPartition>, Map<TopicPartition, ? extends CompletionStage<Long>>> lastStableOffsets,
        TopicDirectory directory,
        Supplier<ReadRules> rules,
        RecordMapper mapper,
        DeliverySink sink,
        EgressMeters meters) {}
