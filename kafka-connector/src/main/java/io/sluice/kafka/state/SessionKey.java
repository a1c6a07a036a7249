package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.port.LogPartition;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A key of the sessions topic: the client id, and for all but the session itself a U+0000, which no client id has
 * [MQTT-1.5.4-2], a letter for the kind, and what tells several of a kind apart. Readable, and stable: it is a format.
 *
 * @param clientId whose
 * @param part what follows the client id: empty for the session itself
 */
record SessionKey(ClientId clientId, String part) {

    static final String SESSION = "";
    static final String CLAIM = "k";
    private static final char CURSOR = 'c';
    private static final char RECEIVED = 'i';
    private static final char DELIVERY = 'o';
    private static final char SEPARATOR = 0;
    private static final int DIGITS_MAX = 5;

    static String cursor(LogPartition partition) {
        return CURSOR + partition.topic() + ':' + partition.partition();
    }

    /**
     * @param number which of a session's records of received packet ids it is
     */
    static String received(int number) {
        return RECEIVED + Integer.toString(number);
    }

    /** The number in the part of a key that {@link #isReceived}. */
    static int receivedNumber(String part) {
        return Integer.parseInt(part, 1, part.length(), 10);
    }

    static String delivery(int packetId) {
        return DELIVERY + Integer.toString(packetId);
    }

    static boolean isCursor(String part) {
        return !part.isEmpty() && part.charAt(0) == CURSOR;
    }

    static boolean isReceived(String part) {
        if (part.length() < 2 || part.length() > DIGITS_MAX + 1 || part.charAt(0) != RECEIVED) {
            return false;
        }
        for (int i = 1; i < part.length(); i++) {
            if (part.charAt(i) < '0' || part.charAt(i) > '9') {
                return false;
            }
        }
        return part.length() == 2 || part.charAt(1) != '0';
    }

    static boolean isDelivery(String part) {
        return !part.isEmpty() && part.charAt(0) == DELIVERY;
    }

    byte[] bytes() {
        return (part.isEmpty() ? clientId.value() : clientId.value() + SEPARATOR + part).getBytes(UTF_8);
    }

    /** The key in these bytes, or null when they are none of ours. */
    static @Nullable SessionKey parse(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        if (!Arrays.equals(text.getBytes(UTF_8), bytes)) {
            return null;
        }
        int separator = text.indexOf(SEPARATOR);
        if (separator < 0) {
            return new SessionKey(new ClientId(text), SESSION);
        }
        String part = text.substring(separator + 1);
        boolean isKnown = part.equals(CLAIM) || isCursor(part) || isReceived(part) || isDelivery(part);
        return isKnown ? new SessionKey(new ClientId(text.substring(0, separator)), part) : null;
    }

    /** Where all keys of a client are, so that their order is the log's. */
    static int partition(ClientId clientId, int partitions) {
        return Utils.toPositive(Utils.murmur2(clientId.value().getBytes(UTF_8))) % partitions;
    }
}
