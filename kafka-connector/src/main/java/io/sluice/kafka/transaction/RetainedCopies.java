package io.sluice.kafka.transaction;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The copies of retained messages that go into Kafka in one transaction with them. Safe for all threads. */
public interface RetainedCopies {

    /** Why the message cannot be retained, if it cannot. */
    Optional<Refused> refusal(Message message);

    /**
     * The copy.
     *
     * @param partition of the message's own record
     * @param offset of the message's own record
     */
    ProducerRecord<byte[], byte[]> row(Message message, LogPartition partition, long offset);
}
