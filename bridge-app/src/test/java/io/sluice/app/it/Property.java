package io.sluice.app.it;

import static io.sluice.app.it.Wire.join;
import static io.sluice.app.it.Wire.u16;
import static io.sluice.app.it.Wire.u32;
import static io.sluice.app.it.Wire.u8;

/** The properties of MQTT 5 that the tests send (section 2.2.2.2). */
final class Property {

    static final int PAYLOAD_FORMAT = 0x01;
    static final int MESSAGE_EXPIRY = 0x02;
    static final int CONTENT_TYPE = 0x03;
    static final int RESPONSE_TOPIC = 0x08;
    static final int CORRELATION_DATA = 0x09;
    static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    static final int SESSION_EXPIRY = 0x11;
    static final int ASSIGNED_CLIENT_ID = 0x12;
    static final int SERVER_KEEP_ALIVE = 0x13;
    static final int WILL_DELAY = 0x18;
    static final int REASON_STRING = 0x1F;
    static final int RECEIVE_MAXIMUM = 0x21;
    static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    static final int TOPIC_ALIAS = 0x23;
    static final int MAXIMUM_QOS = 0x24;
    static final int RETAIN_AVAILABLE = 0x25;
    static final int USER_PROPERTY = 0x26;
    static final int MAXIMUM_PACKET_SIZE = 0x27;
    static final int WILDCARD_AVAILABLE = 0x28;
    static final int SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 0x29;
    static final int SHARED_AVAILABLE = 0x2A;

    private Property() {}

    static byte[] messageExpiry(long seconds) {
        return join(u8(MESSAGE_EXPIRY), u32(seconds));
    }

    static byte[] subscriptionIdentifier(int value) {
        return join(u8(SUBSCRIPTION_IDENTIFIER), Wire.varint(value));
    }

    static byte[] sessionExpiry(long seconds) {
        return join(u8(SESSION_EXPIRY), u32(seconds));
    }

    static byte[] willDelay(long seconds) {
        return join(u8(WILL_DELAY), u32(seconds));
    }

    static byte[] receiveMaximum(int value) {
        return join(u8(RECEIVE_MAXIMUM), u16(value));
    }

    static byte[] topicAliasMaximum(int value) {
        return join(u8(TOPIC_ALIAS_MAXIMUM), u16(value));
    }

    static byte[] topicAlias(int value) {
        return join(u8(TOPIC_ALIAS), u16(value));
    }

    static byte[] maximumPacketSize(long bytes) {
        return join(u8(MAXIMUM_PACKET_SIZE), u32(bytes));
    }

    static byte[] payloadFormatUtf8() {
        return new byte[] {PAYLOAD_FORMAT, 1};
    }

    static byte[] contentType(String value) {
        return join(u8(CONTENT_TYPE), Wire.text(value));
    }

    static byte[] responseTopic(String value) {
        return join(u8(RESPONSE_TOPIC), Wire.text(value));
    }

    static byte[] correlationData(byte[] value) {
        return join(u8(CORRELATION_DATA), Wire.binary(value));
    }

    static byte[] userProperty(String name, String value) {
        return join(u8(USER_PROPERTY), Wire.text(name), Wire.text(value));
    }
}
