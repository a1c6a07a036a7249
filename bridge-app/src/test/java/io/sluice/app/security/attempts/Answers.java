package io.sluice.app.security.attempts;

import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.ReceivedPacket;
import io.sluice.app.it.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came back, in a few words: "PUBACK 0x87", "CONNACK 5, closed", "nothing". */
final class Answers {

    private Answers() {}

    /** All that a client gets until its connection is closed, or until it is in. */
    static String toConnect(RawClient client) throws IOException {
        List<String> words = new ArrayList<>();
        try {
            while (true) {
                ReceivedPacket packet = client.next();
                words.add(word(packet));
                if (packet.type() == Wire.CONNACK && packet.reasonCode() == 0) {
                    return String.join(", ", words);
                }
            }
        } catch (EOFException | SocketException closed) {
            return ended(words);
        }
    }

    /** All that a client gets that is in, up to the answer to a ping, or until its connection is closed. */
    static String to(RawClient client, byte[]... packets) throws IOException {
        List<String> words = new ArrayList<>();
        try {
            client.send(Wire.join(Wire.join(packets), Wire.pingReq()));
            while (true) {
                ReceivedPacket packet = client.next();
                if (packet.type() == Wire.PINGRESP) {
                    return words.isEmpty() ? "nothing" : String.join(", ", words);
                }
                words.add(word(packet));
            }
        } catch (EOFException | SocketException closed) {
            return ended(words);
        }
    }

    /** The same, when the answer may come behind that to the ping. */
    static String withAnswer(RawClient client, int type, byte[]... packets) throws IOException {
        List<String> words = new ArrayList<>();
        try {
            client.send(packets);
            words.add(word(client.next(type)));
        } catch (EOFException | SocketException closed) {
            return ended(words);
        }
        String more = to(client);
        return more.equals("nothing") ? words.get(0) : words.get(0) + ", " + more;
    }

    private static String ended(List<String> words) {
        words.add("closed");
        return String.join(", ", words);
    }

    private static String word(ReceivedPacket packet) {
        return switch (packet.type()) {
            case Wire.CONNACK -> "CONNACK " + code(packet.protocol(), packet.reasonCode());
            case Wire.SUBACK ->
                "SUBACK " + String.format(Locale.ROOT, "0x%02X", packet.codes().get(0));
            case Wire.PUBACK -> acknowledgement("PUBACK", packet);
            case Wire.PUBREC -> acknowledgement("PUBREC", packet);
            case Wire.PUBREL & 0xF0 -> acknowledgement("PUBREL", packet);
            case Wire.PUBCOMP -> acknowledgement("PUBCOMP", packet);
            case Wire.DISCONNECT -> "DISCONNECT " + code(packet.protocol(), packet.reasonCode());
            case Wire.AUTH -> "AUTH " + code(packet.protocol(), packet.reasonCode());
            case Wire.PUBLISH -> "a message of " + packet.message().topic();
            default -> packet.toString();
        };
    }

    private static String acknowledgement(String name, ReceivedPacket packet) {
        return packet.protocol() == Protocol.MQTT_5 ? name + " " + code(packet.protocol(), packet.reasonCode()) : name;
    }

    private static String code(Protocol protocol, int code) {
        return protocol == Protocol.MQTT_5 ? String.format(Locale.ROOT, "0x%02X", code) : String.valueOf(code);
    }
}
