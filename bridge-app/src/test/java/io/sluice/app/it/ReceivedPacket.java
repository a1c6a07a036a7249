package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A packet from the server, as it came. */
public record ReceivedPacket(Protocol protocol, int firstByte, byte[] body) {

    /** The first byte without its flags, one of {@link Wire}'s. */
    public int type() {
        return firstByte & 0xF0;
    }

    private boolean isMqtt5() {
        return protocol == Protocol.MQTT_5;
    }

    /** The packet id of an answer. */
    public int packetId() {
        return ByteBuffer.wrap(body).getShort() & 0xFFFF;
    }

    /** The reason or return code of CONNACK, DISCONNECT or an answer; absent means success. */
    public int reasonCode() {
        int index =
                switch (type()) {
                    case Wire.CONNACK -> 1;
                    case Wire.DISCONNECT, Wire.AUTH -> 0;
                    default -> 2;
                };
        return body.length > index ? body[index] & 0xFF : 0;
    }

    public boolean isSessionPresent() {
        return body[0] == 1;
    }

    /** The properties of a CONNACK or an AUTH. */
    public ReceivedProperties properties() {
        ByteBuffer in = ByteBuffer.wrap(body);
        in.position(type() == Wire.AUTH ? 1 : 2);
        return isMqtt5() ? ReceivedProperties.read(in) : ReceivedProperties.NONE;
    }

    /** The codes of a SUBACK or UNSUBACK. */
    public List<Integer> codes() {
        ByteBuffer in = ByteBuffer.wrap(body);
        in.getShort();
        if (isMqtt5()) {
            ReceivedProperties.read(in);
        }
        List<Integer> codes = new ArrayList<>();
        while (in.hasRemaining()) {
            codes.add(in.get() & 0xFF);
        }
        return codes;
    }

    /** What a PUBLISH carries. */
    public ReceivedMessage message() {
        ByteBuffer in = ByteBuffer.wrap(body);
        String topic = ReceivedProperties.text(in);
        int qos = firstByte >> 1 & 3;
        int packetId = qos == 0 ? 0 : in.getShort() & 0xFFFF;
        ReceivedProperties properties = isMqtt5() ? ReceivedProperties.read(in) : ReceivedProperties.NONE;
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new ReceivedMessage(
                topic,
                new String(payload, UTF_8),
                qos,
                (firstByte & 1) != 0,
                (firstByte & 8) != 0,
                packetId,
                properties);
    }

    @Override
    public String toString() {
        return String.format("0x%02X %s", firstByte, java.util.HexFormat.of().formatHex(body));
    }
}
