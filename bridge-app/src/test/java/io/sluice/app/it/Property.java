package io.sluice.app.it;

import static io.sluice.app.it.Wire.join;
import static io.sluice.app.it.Wire.u16;
import static io.sluice.app.it.Wire.u32;
import static io.sluice.app.it.Wire.u8;

/** The properties of MQTT 5 that the tests send (section 2.2.2.2). */
public final class Property {

    public static final int PAYLOAD_FORMAT = 0x01;
    public static final int MESSAGE_EXPIRY = 0x02;
    public static final int CONTENT_TYPE = 0x03;
    public static final int RESPONSE_TOPIC = 0x08;
    public static final int CORRELATION_DATA = 0x09;
    public static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    public static final int SESSION_EXPIRY = 0x11;
    public static final int ASSIGNED_CLIENT_ID = 0x12;
    public static final int SERVER_KEEP_ALIVE = 0x13;
    public static final int AUTHENTICATION_METHOD = 0x15;
    public static final int AUTHENTICATION_DATA = 0x16;
    public static final int WILL_DELAY = 0x18;
    public static final int RESPONSE_INFORMATION = 0x1A;
    public static final int REASON_STRING = 0x1F;
    public static final int RECEIVE_MAXIMUM = 0x21;
    public static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    public static final int TOPIC_ALIAS = 0x23;
    public static final int MAXIMUM_QOS = 0x24;
    public static final int RETAIN_AVAILABLE = 0x25;
    public static final int USER_PROPERTY = 0x26;
    public static final int MAXIMUM_PACKET_SIZE = 0x27;
    public static final int WILDCARD_AVAILABLE = 0x28;
    public static final int SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 0x29;
    public static final int SHARED_AVAILABLE = 0x2A;

    private Property() {}

    public static byte[] messageExpiry(long seconds) {
        return join(u8(MESSAGE_EXPIRY), u32(seconds));
    }

    public static byte[] subscriptionIdentifier(int value) {
        return join(u8(SUBSCRIPTION_IDENTIFIER), Wire.varint(value));
    }

    public static byte[] sessionExpiry(long seconds) {
        return join(u8(SESSION_EXPIRY), u32(seconds));
    }

    public static byte[] authenticationMethod(String value) {
        return join(u8(AUTHENTICATION_METHOD), Wire.text(value));
    }

    public static byte[] authenticationData(byte[] value) {
        return join(u8(AUTHENTICATION_DATA), Wire.binary(value));
    }

    public static byte[] requestResponseInformation() {
        return Wire.join(Wire.u8(0x19), Wire.u8(1));
    }

    public static byte[] willDelay(long seconds) {
        return join(u8(WILL_DELAY), u32(seconds));
    }

    public static byte[] receiveMaximum(int value) {
        return join(u8(RECEIVE_MAXIMUM), u16(value));
    }

    public static byte[] topicAliasMaximum(int value) {
        return join(u8(TOPIC_ALIAS_MAXIMUM), u16(value));
    }

    public static byte[] topicAlias(int value) {
        return join(u8(TOPIC_ALIAS), u16(value));
    }

    public static byte[] maximumPacketSize(long bytes) {
        return join(u8(MAXIMUM_PACKET_SIZE), u32(bytes));
    }

    public static byte[] payloadFormatUtf8() {
        return new byte[] {PAYLOAD_FORMAT, 1};
    }

    public static byte[] contentType(String value) {
        return join(u8(CONTENT_TYPE), Wire.text(value));
    }

    public static byte[] responseTopic(String value) {
        return join(u8(RESPONSE_TOPIC), Wire.text(value));
    }

    public static byte[] correlationData(byte[] value) {
        return join(u8(CORRELATION_DATA), Wire.binary(value));
    }

    public static byte[] userProperty(String name, String value) {
        return join(u8(USER_PROPERTY), Wire.text(name), Wire.text(value));
    }
}
