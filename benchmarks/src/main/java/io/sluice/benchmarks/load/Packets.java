package io.sluice.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.Arrays;

/** The packets that need a real codec: each is encoded once per connection, with Netty's. Safe for all threads (by its lock). */
final class Packets implements AutoCloseable {

    private final EmbeddedChannel codec = new EmbeddedChannel(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE);
    private final MqttVersion version;

    Packets(MqttVersion version) {
        this.version = version;
        // The codec learns the version from a CONNECT.
        connect("version");
    }

    synchronized byte[] connect(String clientId) {
        return encoded(MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId)
                .cleanSession(true)
                .keepAlive(60)
                .build());
    }

    synchronized byte[] subscribe(Iterable<String> filters, int qos) {
        MqttMessageBuilders.SubscribeBuilder builder =
                MqttMessageBuilders.subscribe().messageId(1);
        for (String filter : filters) {
            builder.addSubscription(MqttQoS.valueOf(qos), filter);
        }
        return encoded(builder.build());
    }

    synchronized PublishTemplate publish(int run, int publisher, LoadPlan plan) {
        byte[] filler = new byte[plan.payloadBytes()];
        Arrays.fill(filler, (byte) 'x');
        ByteBuf payload = Unpooled.wrappedBuffer(filler);
        payload.setInt(0, run);
        payload.setInt(4, publisher);
        byte[] packet = encoded(MqttMessageBuilders.publish()
                .topicName(plan.topicOf(publisher))
                .qos(MqttQoS.valueOf(plan.qos()))
                .messageId(1)
                .payload(payload)
                .build());
        return new PublishTemplate(packet, plan.payloadBytes(), plan.qos());
    }

    /**
     * How many messages the server lets us have unacknowledged (Receive Maximum, MQTT 5, section 3.2.2.3.3).
     *
     * @param packet a whole CONNACK
     * @throws IllegalStateException when it refuses the connection
     */
    synchronized int receiveMaximum(byte[] packet) {
        codec.writeInbound(Unpooled.wrappedBuffer(packet));
        if (!(codec.readInbound() instanceof MqttConnAckMessage connAck)
                || connAck.decoderResult().isFailure()) {
            throw new IllegalStateException("CONNACK: " + Arrays.toString(packet) + " (expected: well formed)");
        }
        if (connAck.variableHeader().connectReturnCode() != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            throw new IllegalStateException(
                    "CONNACK: " + connAck.variableHeader().connectReturnCode() + " (expected: accepted)");
        }
        MqttProperties.MqttProperty<?> property =
                connAck.variableHeader().properties().getProperty(MqttProperties.RECEIVE_MAXIMUM);
        return property instanceof MqttProperties.IntegerProperty maximum ? maximum.value() : 65_535;
    }

    @Override
    public synchronized void close() {
        if (codec.isOpen()) {
            codec.finishAndReleaseAll();
        }
    }

    private synchronized byte[] encoded(MqttMessage message) {
        codec.writeOutbound(message);
        ByteBuf whole = Unpooled.buffer();
        for (ByteBuf part = codec.readOutbound(); part != null; part = codec.readOutbound()) {
            whole.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[whole.readableBytes()];
        whole.readBytes(bytes);
        return bytes;
    }
}
