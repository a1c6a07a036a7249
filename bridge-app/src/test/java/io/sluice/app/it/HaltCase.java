package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.port.Failpoint;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * One case of {@link FailpointIT}: a process that halts at a point, and the instance on which its clients go on. All
 * names are of this case alone.
 */
final class HaltCase {

    /** On which instance the clients go on. */
    enum Place {
        SAME,
        OTHER
    }

    private static final String KAFKA_TOPIC = "mqtt.failpoints";
    private static int cases;

    private final Failpoint point;
    private final Protocol protocol;
    private final ChildSluice halting;
    private final ChildSluice resuming;
    private final String bootstrapServers;
    private final int number;
    private ChildSluice current;

    HaltCase(Failpoint point, Protocol protocol, ChildSluice halting, ChildSluice resuming, String bootstrapServers) {
        this.point = point;
        this.protocol = protocol;
        this.halting = halting;
        this.resuming = resuming;
        this.bootstrapServers = bootstrapServers;
        current = halting;
        cases++;
        number = cases;
    }

    Failpoint point() {
        return point;
    }

    Protocol protocol() {
        return protocol;
    }

    boolean isMqtt5() {
        return protocol == Protocol.MQTT_5;
    }

    /** The case's own MQTT topic; there may be levels below it. */
    String topic() {
        return "failpoints/" + number;
    }

    private String clientId(String role) {
        return point.id() + "-" + number + "-" + role;
    }

    /** A client whose session remains. */
    RawClient resume(String role) throws IOException {
        return open().connect(new Connect(protocol, clientId(role)).persistent());
    }

    /** A client that comes back to its session, which is there. */
    RawClient resumePresent(String role) throws IOException {
        RawClient client = resume(role);
        assertThat(client.connAck().isSessionPresent()).as("session present").isTrue();
        return client;
    }

    /** The CONNECT of a client that discards its session, and wants the new one to remain where it can say so. */
    byte[] cleanStart(String role) {
        Connect connect = new Connect(protocol, clientId(role));
        return (isMqtt5() ? connect.with(Property.sessionExpiry(3_600)) : connect).bytes();
    }

    /** A socket to the instance that is up. */
    RawClient open() throws IOException {
        return current.open().speaks(protocol);
    }

    /** A session that remains, with one subscription, of a client that is not there. */
    void subscribe(String role, String filter, int qos) throws IOException {
        try (RawClient client = resume(role)) {
            assertThat(client.subscribe(filter, qos)).isEqualTo(qos);
            client.disconnect();
        }
    }

    /** Another client publishes these, one after the other. */
    void publish(String topic, int qos, String... payloads) throws IOException {
        try (RawClient client = open().connect(new Connect(protocol, clientId("other")))) {
            for (String payload : payloads) {
                client.publish(topic, payload, qos, false);
            }
        }
    }

    /** The retained message that a client finds which subscribes now. */
    String retained(String topic) throws IOException {
        try (RawClient client = open().connect(new Connect(protocol, clientId("watcher")))) {
            client.subscribe(topic, 1);
            ReceivedMessage message = client.message();
            assertThat(message.retain()).isTrue();
            return message.payload();
        }
    }

    /** From here on the process halts when it comes to the point. */
    void arm() throws IOException {
        halting.arm(point);
    }

    /** The process has halted at the point; the instance on which to go on is up. */
    void awaitHalt() throws IOException, InterruptedException {
        halting.awaitHalt(point);
        if (!resuming.isRunning()) {
            resuming.start();
        }
        current = resuming;
    }

    /** What has come until the end of the connection. */
    static List<ReceivedPacket> untilClosed(RawClient client) throws IOException {
        List<ReceivedPacket> packets = new ArrayList<>();
        while (true) {
            try {
                packets.add(client.next());
            } catch (EOFException | SocketException end) {
                return packets;
            }
        }
    }

    static byte[] again(byte[] publish) {
        byte[] dup = publish.clone();
        dup[0] |= 0x08;
        return dup;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    String clientIdOf(String role) {
        return clientId(role);
    }

    /** The values of the committed records of an MQTT topic, in their order. */
    List<String> records(String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("isolation.level", "read_committed");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(KAFKA_TOPIC).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (ConsumerRecord<String, String> row : consumer.poll(Duration.ofMillis(200))) {
                    if (topic.equals(row.key())) {
                        values.add(row.value());
                    }
                }
            }
        }
        return values;
    }
}
