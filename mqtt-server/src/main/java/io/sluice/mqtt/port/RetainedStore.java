package io.sluice.mqtt.port;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The retained message of each topic name (MQTT 5, section 3.3.1.3). Safe for all threads. */
public interface RetainedStore {

    /**
     * Sets the retained message of its topic, or clears it when the payload is empty [MQTT-3.3.1-6]. Of two writers of
     * one topic the later in the data partition's order wins, whoever calls first; of two in different partitions, whose
     * offsets say nothing of one another, the one that comes last.
     *
     * @param message the message as published
     * @param partition where its data record is
     * @param offset the offset of its data record
     * @return completes when the store has it durably and every later {@link #match} sees it
     */
    Mono<Void> put(Message message, LogPartition partition, long offset);

    /**
     * The same for a message that was published with {@link Ingress.Lane#publishOnce}, which may have put it there
     * already.
     */
    default Mono<Void> settle(Message message, LogPartition partition, long offset) {
        return put(message, partition, offset);
    }

    /** The retained message of the topic, or empty. */
    Mono<Message> get(TopicName topicName);

    /**
     * The retained messages whose topics match, in no particular order, as demand asks for them. A message that
     * is replaced meanwhile comes as it is when its turn comes; expired ones do not come.
     */
    Flux<Message> match(TopicFilter filter, long nowEpochMillis);
}
