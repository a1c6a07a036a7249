package io.sluice.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.Arrays;

/** The packets that need a real codec: each is encoded once per connection, with Netty's. Safe for all threads (by its lock). */
final class Packets implements AutoCloseable {

    private static final int SESSION_EXPIRY_SECONDS = 3_600;

    /** MQTT 5, section 3.15.2.1. */
    private static final byte CONTINUE_AUTHENTICATION = 0x18;

    private final EmbeddedChannel codec = new EmbeddedChannel(new MqttDecoder(1 << 20), MqttEncoder.INSTANCE);
    private final MqttVersion version;

    Packets(MqttVersion version) {
        this.version = version;
        // The codec learns the version from a CONNECT.
        connect("version");
    }

    /** For a session that ends with its connection. */
    byte[] connect(String clientId) {
        return connect(clientId, true);
    }

    /** For a session that outlives its connection, or the one that is there. */
    byte[] connectToSession(String clientId) {
        return connect(clientId, false);
    }

    /** For a session that ends with its connection, of a client that says who it is. */
    synchronized byte[] connect(String clientId, String userName, byte[] password) {
        return encoded(MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId)
                .cleanSession(true)
                .username(userName)
                .password(password)
                .keepAlive(60)
                .build());
    }

    /** The same, of a client that will be asked (MQTT 5, section 4.12). */
    synchronized byte[] connect(String clientId, String method, String data) {
        return encoded(MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId)
                .cleanSession(true)
                .properties(exchange(method, data))
                .keepAlive(60)
                .build());
    }

    /** An AUTH that goes on with an exchange. */
    synchronized byte[] auth(String method, String data) {
        return encoded(MqttMessageBuilders.auth()
                .reasonCode(CONTINUE_AUTHENTICATION)
                .properties(exchange(method, data))
                .build());
    }

    /**
     * The Authentication Data of an AUTH.
     *
     * @param packet a whole AUTH
     */
    synchronized String authenticationData(byte[] packet) {
        codec.writeInbound(Unpooled.wrappedBuffer(packet));
        if (codec.readInbound() instanceof MqttMessage auth
                && auth.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                && header.properties().getProperty(MqttProperties.AUTHENTICATION_DATA)
                        instanceof MqttProperties.BinaryProperty data) {
            return new String(data.value(), UTF_8);
        }
        throw new IllegalStateException("AUTH: " + Arrays.toString(packet) + " (expected: with Authentication Data)");
    }

    private static MqttProperties exchange(String method, String data) {
        MqttProperties properties = new MqttProperties();
        properties.add(new MqttProperties.StringProperty(MqttProperties.AUTHENTICATION_METHOD, method));
        properties.add(new MqttProperties.BinaryProperty(MqttProperties.AUTHENTICATION_DATA, data.getBytes(UTF_8)));
        return properties;
    }

    private synchronized byte[] connect(String clientId, boolean clean) {
        MqttProperties properties = new MqttProperties();
        if (version == MqttVersion.MQTT_5 && !clean) {
            properties.add(
                    new MqttProperties.IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, SESSION_EXPIRY_SECONDS));
        }
        return encoded(MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId)
                .cleanSession(clean)
                .properties(properties)
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
