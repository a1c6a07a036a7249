package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A packet from the server, as it came. */
record Received(Version version, int firstByte, byte[] body) {

    /** A PUBLISH. */
    record Message(
            String topic, String payload, int qos, boolean retain, boolean dup, int packetId, Properties properties) {}

    /** The first byte without its flags. */
    int type() {
        return firstByte & 0xF0;
    }

    /** The whole packet's size, in bytes. */
    int size() {
        return 1 + Wire.varint(body.length).length + body.length;
    }

    /** The packet id of an answer. */
    int packetId() {
        return ByteBuffer.wrap(body).getShort() & 0xFFFF;
    }

    /** The reason or return code of CONNACK, DISCONNECT or an answer; absent means success. */
    int code() {
        int index =
                switch (type()) {
                    case Wire.CONNACK -> 1;
                    case Wire.DISCONNECT, Wire.AUTH -> 0;
                    default -> 2;
                };
        return body.length > index ? body[index] & 0xFF : 0;
    }

    boolean isSessionPresent() {
        return body[0] == 1;
    }

    /** The properties of anything but a PUBLISH; reading them checks that nothing is behind them that should not. */
    Properties properties() {
        ByteBuffer in = ByteBuffer.wrap(body);
        int before =
                switch (type()) {
                    case Wire.CONNACK, Wire.SUBACK, Wire.UNSUBACK -> 2;
                    case Wire.DISCONNECT, Wire.AUTH -> 1;
                    default -> 3;
                };
        if (!version.is5() || body.length <= before) {
            return Properties.NONE;
        }
        in.position(before);
        return Properties.read(in);
    }

    /** The codes of a SUBACK or UNSUBACK. */
    List<Integer> codes() {
        ByteBuffer in = ByteBuffer.wrap(body);
        in.getShort();
        if (version.is5()) {
            Properties.read(in);
        }
        List<Integer> codes = new ArrayList<>();
        while (in.hasRemaining()) {
            codes.add(in.get() & 0xFF);
        }
        return codes;
    }

    /** What a PUBLISH carries. */
    Message message() {
        ByteBuffer in = ByteBuffer.wrap(body);
        String topic = Properties.text(in);
        int qos = firstByte >> 1 & 3;
        int packetId = qos == 0 ? 0 : in.getShort() & 0xFFFF;
        Properties properties = version.is5() ? Properties.read(in) : Properties.NONE;
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Message(
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
        return String.format("%02x %s", firstByte, HexFormat.of().formatHex(body));
    }
}
