package io.sluice.mqtt.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.fake.FakeTime;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.session.OutboundMessage;
import io.sluice.mqtt.session.Recipient;
import io.sluice.mqtt.store.InMemoryRetainedStore;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerTopicsTest {

    private static final TopicName UPTIME = TopicName.of("$SYS/broker/uptime");
    private static final TopicName VERSION = TopicName.of("$SYS/broker/version");

    private final FakeTime time = new FakeTime();
    private final SubscriptionIndex<Subscription> index = new SubscriptionIndex<>();
    private final InMemoryRetainedStore clients = new InMemoryRetainedStore(10, new SimpleMeterRegistry());
    private final ServerTopics topics = new ServerTopics(clients, index);

    /** Writes down what it is told. */
    private final class Listening implements Recipient {
        private final List<String> heard = new ArrayList<>();

        Listening(String filter) {
            TopicFilter parsed = TopicFilter.of(filter);
            index.add(
                    parsed,
                    new Subscription(this, parsed, new SubscriptionOptions(Qos.AT_LEAST_ONCE, false, false, 0, 0)));
        }

        @Override
        public Loop loop() {
            return time.loop();
        }

        @Override
        public boolean touch() {
            throw new AssertionError("a record (expected: none, this is not in the log)");
        }

        @Override
        public void deliver(OutboundMessage outbound, LogPartition partition, long offset, Subscription[] found) {
            throw new AssertionError("a record (expected: none, this is not in the log)");
        }

        @Override
        public void afterBatch() {}

        @Override
        public void tell(OutboundMessage outbound, Subscription subscription) {
            Message message = outbound.message();
            heard.add(message.topicName().value() + " " + message.payload().utf8() + " " + message.qos());
        }
    }

    private List<String> retained(String filter) {
        return topics.match(TopicFilter.of(filter), 0)
                .map(message ->
                        message.topicName().value() + " " + message.payload().utf8())
                .sort()
                .collectList()
                .blockOptional()
                .orElseThrow();
    }

    @Test
    void whoHasSubscribedHearsOfWhatChanges() {
        Listening all = new Listening("$SYS/#");
        Listening one = new Listening("$SYS/broker/uptime");

        topics.say(Map.of(UPTIME, "1"));
        topics.say(Map.of(UPTIME, "1"));
        topics.say(Map.of(UPTIME, "2"));
        time.run();

        assertThat(all.heard)
                .containsExactly("$SYS/broker/uptime 1 AT_MOST_ONCE", "$SYS/broker/uptime 2 AT_MOST_ONCE")
                .isEqualTo(one.heard);
    }

    @Test
    void noFilterThatBeginsWithAWildcardMatchesIt() {
        Listening everything = new Listening("#");
        Listening below = new Listening("+/broker/uptime");

        topics.say(Map.of(UPTIME, "1"));
        time.run();

        assertThat(everything.heard).isEmpty();
        assertThat(below.heard).isEmpty();
        assertThat(retained("#")).isEmpty();
        assertThat(retained("+/broker/uptime")).isEmpty();
    }

    @Test
    void whoSubscribesLaterGetsTheLastOfEach() {
        topics.say(Map.of(UPTIME, "1", VERSION, "sluice 1"));
        topics.say(Map.of(UPTIME, "2", VERSION, "sluice 1"));

        assertThat(retained("$SYS/#")).containsExactly("$SYS/broker/uptime 2", "$SYS/broker/version sluice 1");
        assertThat(retained("$SYS/broker/version")).containsExactly("$SYS/broker/version sluice 1");
        assertThat(topics.get(UPTIME).map(message -> message.payload().utf8()).block())
                .isEqualTo("2");
    }

    @Test
    void whatClientsRetainIsWhereItWas() {
        TopicName topic = TopicName.of("home/cellar");
        Message message = new Message(topic, Qos.AT_LEAST_ONCE, true, Payload.of("12"), MessageProperties.NONE, null);

        topics.put(message, new LogPartition("mqtt.home", 0), 3).block();

        assertThat(retained("#")).containsExactly("home/cellar 12");
        assertThat(topics.get(topic).block()).isEqualTo(clients.get(topic).block());
    }
}
