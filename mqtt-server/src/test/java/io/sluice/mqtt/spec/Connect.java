package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** A CONNECT to be sent: by default a clean start without keep-alive. */
final class Connect {

    static final int CLEAN_START = 0x02;
    static final int WILL = 0x04;
    static final int WILL_RETAIN = 0x20;
    static final int PASSWORD = 0x40;
    static final int USER_NAME = 0x80;

    private final Version version;
    private final String clientId;
    private final List<byte[]> properties = new ArrayList<>();
    private int flags = CLEAN_START;
    private int keepAliveSeconds;
    private byte[] will = new byte[0];
    private byte[] credentials = new byte[0];

    Connect(Version version, String clientId) {
        this.version = version;
        this.clientId = clientId;
    }

    /** A CONNECT whose fields behind the protocol level are these, legal or not. */
    static byte[] raw(Version version, int flags, byte[]... payload) {
        return Wire.packet(
                Wire.CONNECT,
                Wire.text(version.protocolName),
                Wire.u8(version.level),
                Wire.u8(flags),
                Wire.u16(0),
                Wire.noProperties(version),
                Wire.join(payload));
    }

    /** Takes the session of the client id up, if there is one. */
    Connect resume() {
        flags &= ~CLEAN_START;
        return this;
    }

    /** Takes the session up, and lets it remain for an hour in any version. */
    Connect persistent() {
        return version.is5() ? resume().expiry(3_600) : resume();
    }

    Connect expiry(long seconds) {
        return with(Property.ofInt(Property.SESSION_EXPIRY, seconds));
    }

    Connect keepAlive(int seconds) {
        keepAliveSeconds = seconds;
        return this;
    }

    /** A property of {@link Property}. */
    Connect with(byte[] property) {
        properties.add(property);
        return this;
    }

    Connect will(String topic, String payload, int qos, boolean retain, byte[]... willProperties) {
        flags |= WILL | qos << 3 | (retain ? WILL_RETAIN : 0);
        byte[] of5 = version.is5() ? Wire.properties(willProperties) : new byte[0];
        will = Wire.join(of5, Wire.text(topic), Wire.binary(payload.getBytes(UTF_8)));
        return this;
    }

    Connect user(String name, String password) {
        flags |= USER_NAME | PASSWORD;
        credentials = Wire.join(Wire.text(name), Wire.text(password));
        return this;
    }

    byte[] bytes() {
        byte[] of5 = version.is5() ? Wire.properties(properties.toArray(byte[][]::new)) : new byte[0];
        return Wire.packet(
                Wire.CONNECT,
                Wire.text(version.protocolName),
                Wire.u8(version.level),
                Wire.u8(flags),
                Wire.u16(keepAliveSeconds),
                of5,
                Wire.text(clientId),
                will,
                credentials);
    }
}
