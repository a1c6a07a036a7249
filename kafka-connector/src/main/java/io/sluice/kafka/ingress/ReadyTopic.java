package io.sluice.kafka.ingress;

import io.sluice.kafka.mapping.TopicCreation;
import java.util.concurrent.atomic.LongAdder;

/**
 * A Kafka topic to which the producer can send at once. Safe for all threads.
 *
 * @param name its name
 * @param creation how the rule makes it, should it be deleted
 * @param unacknowledged records in the producer: with these it must exist again, or they wait for ever
 */
record ReadyTopic(String name, TopicCreation creation, LongAdder unacknowledged) {

    ReadyTopic(String name, TopicCreation creation) {
        this(name, creation, new LongAdder());
    }
}
