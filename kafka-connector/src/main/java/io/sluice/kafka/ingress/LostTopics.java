package io.sluice.kafka.ingress;

import io.sluice.mqtt.port.PublishOutcome.Refused;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets messages out of the producer whose topic was deleted and may not be made again. Confined to the readiness thread.
 *
 * <p>Kafka's client would try for ever, and it can give up all of its records or none. So nobody sends for a moment,
 * what belongs to other topics is acknowledged, and the producer is replaced when it has nothing else left: only what
 * is lost is given up, nothing is written twice, and nothing is overtaken.
 */
final class LostTopics {

    private static final Logger LOG = LoggerFactory.getLogger(LostTopics.class);
    private static final Duration LOOK_DELAY = Duration.ofMillis(5);
    /** So long others wait at most; acknowledgements take milliseconds while Kafka is well. */
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);
    /** Until the next try when others' messages take longer. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    private final RecordProducer producer;
    private final ScheduledExecutorService thread;
    private final Collection<ReadyTopic> topics;
    private final Set<ReadyTopic> lost = new HashSet<>();
    private boolean underWay;

    /**
     * @param thread the readiness thread
     * @param topics all topics that were sent to
     */
    LostTopics(RecordProducer producer, ScheduledExecutorService thread, Collection<ReadyTopic> topics) {
        this.producer = producer;
        this.thread = thread;
        this.topics = topics;
    }

    /** The topic is gone for good: what waits for it is refused. */
    void add(ReadyTopic topic, Refused refused) {
        LOG.atWarn()
                .addKeyValue("kafkaTopic", topic.name())
                .addKeyValue("messages", topic.unacknowledged())
                .addKeyValue("refusal", refused.refusal().id())
                .log("Kafka topic was deleted and is not made again, refusing what waits for it");
        topic.refuse(refused);
        lost.add(topic);
        if (!underWay) {
            underWay = true;
            begin();
        }
    }

    private void begin() {
        producer.pause();
        look(System.nanoTime() + PAUSE_MAX.toNanos());
    }

    private void look(long untilNanos) {
        lost.removeIf(topic -> topic.unacknowledged() == 0 || topic.isReady());
        boolean othersAreThrough =
                topics.stream().allMatch(topic -> lost.contains(topic) || topic.unacknowledged() == 0);
        if (lost.isEmpty() || producer.isClosed()) {
            underWay = false;
            producer.resume();
        } else if (othersAreThrough && producer.renew()) {
            underWay = false;
            lost.clear();
        } else if (System.nanoTime() - untilNanos < 0) {
            thread.schedule(() -> look(untilNanos), LOOK_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            producer.resume();
            thread.schedule(this::begin, RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
