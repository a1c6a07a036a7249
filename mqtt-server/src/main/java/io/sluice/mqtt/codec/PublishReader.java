package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import org.jspecify.annotations.Nullable;

/** Reads a PUBLISH (MQTT 5, section 3.3). */
final class PublishReader {

    private static final int DUP = 0x08;
    private static final int RETAIN = 0x01;
    private static final int SUBSCRIPTION_IDENTIFIER = 0x0B;

    private PublishReader() {}

    static Packet.Publish read(WireReader in, ProtocolVersion version, int firstByte) {
        int qosLevel = (firstByte >> 1) & 3;
        if (qosLevel == 3) {
            throw in.malformed("QoS 3 (expected: 0, 1 or 2)"); // [MQTT-3.3.1-4]
        }
        Qos qos = Qos.of(qosLevel);
        boolean dup = (firstByte & DUP) != 0;
        if (dup && qos == Qos.AT_MOST_ONCE && version != ProtocolVersion.MQTT_3_1) {
            throw in.malformed("DUP at QoS 0"); // [MQTT-3.3.1-2]
        }
        String topic = in.readString("topic name");
        int packetId = qos == Qos.AT_MOST_ONCE ? 0 : in.readPacketId();
        PacketProperties properties =
                version.isMqtt5() ? PacketProperties.read(in, PacketProperties.IN_PUBLISH) : PacketProperties.NONE;
        if (properties.has(SUBSCRIPTION_IDENTIFIER)) {
            throw in.protocolError("Subscription Identifier from a client"); // [MQTT-3.3.4-6]
        }
        return new Packet.Publish(
                dup,
                qos,
                (firstByte & RETAIN) != 0,
                topicName(in, topic, properties.topicAlias),
                properties.topicAlias,
                packetId,
                properties.messageExpirySeconds,
                properties.toMessageProperties(),
                in.readRest());
    }

    private static @Nullable TopicName topicName(WireReader in, String topic, int topicAlias) {
        if (topic.isEmpty()) {
            if (topicAlias == 0) {
                // Section 3.3.2.1; in MQTT 3 [MQTT-4.7.3-1].
                throw in.protocolError("empty topic name without topic alias");
            }
            return null;
        }
        String problem = TopicName.problem(topic);
        if (problem != null) {
            throw Violation.of(ReasonCode.TOPIC_NAME_INVALID, "PUBLISH: " + problem);
        }
        return TopicName.of(topic);
    }
}
