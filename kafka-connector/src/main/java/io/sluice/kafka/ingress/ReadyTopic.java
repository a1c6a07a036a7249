package io.sluice.kafka.ingress;

import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic to which the producer can send at once, or could. Safe for all threads.
 *
 * <p>Who sends counts first and looks then whether the topic is still ready; who ends its being ready looks at the count
 * then. So no record is with the producer that nobody knows of.
 */
final class ReadyTopic {

    private final String name;
    private final TopicCreation creation;
    private final AtomicLong unacknowledged = new AtomicLong();
    private volatile boolean ready = true;
    private volatile @Nullable Refused refusal;

    /**
     * @param creation how the rule makes it, should it be deleted
     */
    ReadyTopic(String name, TopicCreation creation) {
        this.name = name;
        this.creation = creation;
    }

    String name() {
        return name;
    }

    TopicCreation creation() {
        return creation;
    }

    boolean isReady() {
        return ready;
    }

    void ready(boolean nowReady) {
        ready = nowReady;
    }

    /** A record goes to the producer. */
    void enter() {
        unacknowledged.incrementAndGet();
    }

    /** The record did not stay with the producer, or is through. */
    void leave() {
        unacknowledged.decrementAndGet();
    }

    /** Records in the producer: with these it must exist again, or they wait for ever. */
    long unacknowledged() {
        return unacknowledged.get();
    }

    /** The topic is gone and will not be made again: what the producer still has of it is refused so. */
    void refuse(Refused refused) {
        refusal = refused;
    }

    /** Why what is with the producer comes to nothing, or null. */
    @Nullable
    Refused refusal() {
        return refusal;
    }
}
