package io.sluice.mqtt.delivery;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.RetainedStore;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.Recipient;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the server says of itself below {@code $SYS}: retained messages in this process alone, which never go through the
 * log. Stands before the retained messages of the clients. Safe for all threads.
 *
 * <p>A filter that begins with a wildcard matches none of it [MQTT-4.7.2-1], and no client publishes to it.
 */
public final class ServerTopics implements RetainedStore {

    private static final String FIRST_LEVEL = "$SYS";

    private final RetainedStore clients;
    private final SubscriptionIndex<Subscription> index;
    private final Map<TopicName, Message> topics = new ConcurrentHashMap<>();

    /**
     * @param clients the retained messages of the clients
     * @param index who hears of what changes
     */
    public ServerTopics(RetainedStore clients, SubscriptionIndex<Subscription> index) {
        this.clients = clients;
        this.index = index;
    }

    /** Says what has changed to who has subscribed, at QoS 0. Any thread. */
    public void say(Map<TopicName, String> values) {
        values.forEach((topicName, value) -> {
            Message before = topics.get(topicName);
            if (before == null || !before.payload().utf8().equals(value)) {
                say(new Message(topicName, Qos.AT_MOST_ONCE, true, Payload.of(value), MessageProperties.NONE, null));
            }
        });
    }

    private void say(Message message) {
        topics.put(message.topicName(), message);
        OutboundMessage outbound = new OutboundMessage(message);
        index.match(message.topicName(), subscription -> {
            Recipient recipient = (Recipient) subscription.subscriber();
            recipient.loop().execute(() -> recipient.tell(outbound, subscription));
        });
    }

    @Override
    public Mono<Void> put(Message message, LogPartition partition, long offset) {
        return clients.put(message, partition, offset);
    }

    @Override
    public Mono<Void> settle(Message message, LogPartition partition, long offset) {
        return clients.settle(message, partition, offset);
    }

    @Override
    public Mono<Message> get(TopicName topicName) {
        Message own = topics.get(topicName);
        return own == null ? clients.get(topicName) : Mono.just(own);
    }

    @Override
    public Flux<Message> match(TopicFilter filter, long nowEpochMillis) {
        if (!filter.levels().get(0).equals(FIRST_LEVEL)) {
            return clients.match(filter, nowEpochMillis);
        }
        return Flux.fromIterable(topics.values()).filter(message -> filter.matches(message.topicName()));
    }
}
