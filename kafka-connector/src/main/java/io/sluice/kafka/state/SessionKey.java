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

    static String cursor(LogPartition partition) {
        return CURSOR + partition.topic() + ':' + partition.partition();
    }

    static String received(int packetId) {
        return RECEIVED + Integer.toString(packetId);
    }

    static String delivery(int packetId) {
        return DELIVERY + Integer.toString(packetId);
    }

    static boolean isCursor(String part) {
        return !part.isEmpty() && part.charAt(0) == CURSOR;
    }

    static boolean isReceived(String part) {
        return !part.isEmpty() && part.charAt(0) == RECEIVED;
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
