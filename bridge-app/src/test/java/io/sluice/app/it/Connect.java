package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** A CONNECT to be sent: by default a clean start without keep-alive. */
public final class Connect {

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    private final Protocol protocol;
    private final String clientId;
    private final List<byte[]> properties = new ArrayList<>();
    private int flags = CLEAN_START;
    private int keepAliveSeconds;
    private byte[] will = new byte[0];
    private byte[] credentials = new byte[0];

    public Connect(Protocol protocol, String clientId) {
        this.protocol = protocol;
        this.clientId = clientId;
    }

    public Protocol protocol() {
        return protocol;
    }

    /** Takes the session of the client id up; in MQTT 3 it also remains after the connection. */
    public Connect resume() {
        flags &= ~CLEAN_START;
        return this;
    }

    /** Takes the session up, and lets it remain for an hour in any version. */
    public Connect persistent() {
        return protocol == Protocol.MQTT_5 ? resume().with(Property.sessionExpiry(3_600)) : resume();
    }

    public Connect keepAliveSeconds(int seconds) {
        keepAliveSeconds = seconds;
        return this;
    }

    /** A property of {@link Property}. */
    public Connect with(byte[] property) {
        properties.add(property);
        return this;
    }

    public Connect will(String topic, String payload, int qos, boolean retain, byte[]... willProperties) {
        flags |= WILL | qos << 3 | (retain ? 0x20 : 0);
        byte[] ofWill = protocol == Protocol.MQTT_5 ? Wire.properties(willProperties) : new byte[0];
        will = Wire.join(ofWill, Wire.text(topic), Wire.binary(payload.getBytes(UTF_8)));
        return this;
    }

    /** Names a user, without a password. */
    public Connect user(String name) {
        flags |= USER_NAME;
        credentials = Wire.text(name);
        return this;
    }

    public Connect user(String name, String password) {
        user(name);
        flags |= PASSWORD;
        credentials = Wire.join(credentials, Wire.text(password));
        return this;
    }

    public byte[] bytes() {
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
                will,
                credentials);
    }
}
