package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** A CONNECT to be sent: by default a clean start without keep-alive. */
final class Connect {

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;

    private final Protocol protocol;
    private final String clientId;
    private final List<byte[]> properties = new ArrayList<>();
    private int flags = CLEAN_START;
    private int keepAliveSeconds;
    private byte[] will = new byte[0];

    Connect(Protocol protocol, String clientId) {
        this.protocol = protocol;
        this.clientId = clientId;
    }

    Protocol protocol() {
        return protocol;
    }

    /** Takes the session of the client id up; in MQTT 3 it also remains after the connection. */
    Connect resume() {
        flags &= ~CLEAN_START;
        return this;
    }

    /** Takes the session up, and lets it remain for an hour in any version. */
    Connect persistent() {
        return protocol == Protocol.MQTT_5 ? resume().with(Property.sessionExpiry(3_600)) : resume();
    }

    Connect keepAliveSeconds(int seconds) {
        keepAliveSeconds = seconds;
        return this;
    }

    /** A property of {@link Property}. */
    Connect with(byte[] property) {
        properties.add(property);
        return this;
    }

    Connect will(String topic, String payload, int qos, boolean retain, byte[]... willProperties) {
        flags |= WILL | qos << 3 | (retain ? 0x20 : 0);
        byte[] ofWill = protocol == Protocol.MQTT_5 ? Wire.properties(willProperties) : new byte[0];
        will = Wire.join(ofWill, Wire.text(topic), Wire.binary(payload.getBytes(UTF_8)));
        return this;
    }

    byte[] bytes() {
        byte[] ofConnect =
                protocol == Protocol.MQTT_5 ? Wire.properties(properties.toArray(byte[][]::new)) : new byte[0];
        return Wire.packet(
                Wire.CONNECT,
                Wire.text(protocol.protocolName),
                Wire.u8(protocol.level),
                Wire.u8(flags),
                Wire.u16(keepAliveSeconds),
                ofConnect,
                Wire.text(clientId),
                will);
    }
}
