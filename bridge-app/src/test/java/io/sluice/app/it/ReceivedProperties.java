package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The properties of a packet from the server, in their order. */
public final class ReceivedProperties {

    public static final ReceivedProperties NONE = new ReceivedProperties(List.of());

    private record Entry(int id, Object value) {}

    private final List<Entry> entries;

    private ReceivedProperties(List<Entry> entries) {
        this.entries = entries;
    }

    /** Reads the length and as many properties. */
    public static ReceivedProperties read(ByteBuffer in) {
        int length = varint(in);
        int end = in.position() + length;
        List<Entry> entries = new ArrayList<>();
        while (in.position() < end) {
            int id = in.get();
            entries.add(new Entry(id, value(id, in)));
        }
        return new ReceivedProperties(entries);
    }

    private static Object value(int id, ByteBuffer in) {
        return switch (id) {
            case Property.PAYLOAD_FORMAT,
                    Property.MAXIMUM_QOS,
                    Property.RETAIN_AVAILABLE,
                    Property.WILDCARD_AVAILABLE,
                    Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
                    Property.SHARED_AVAILABLE -> (long) in.get();
            case Property.SERVER_KEEP_ALIVE,
                    Property.RECEIVE_MAXIMUM,
                    Property.TOPIC_ALIAS_MAXIMUM,
                    Property.TOPIC_ALIAS -> (long) Short.toUnsignedInt(in.getShort());
            case Property.MESSAGE_EXPIRY, Property.SESSION_EXPIRY, Property.MAXIMUM_PACKET_SIZE ->
                Integer.toUnsignedLong(in.getInt());
            case Property.SUBSCRIPTION_IDENTIFIER -> (long) varint(in);
            case Property.CONTENT_TYPE,
                    Property.RESPONSE_TOPIC,
                    Property.ASSIGNED_CLIENT_ID,
                    Property.AUTHENTICATION_METHOD,
                    Property.RESPONSE_INFORMATION,
                    Property.REASON_STRING -> text(in);
            case Property.CORRELATION_DATA, Property.AUTHENTICATION_DATA -> binary(in);
            case Property.USER_PROPERTY -> Map.entry(text(in), text(in));
            default -> throw new AssertionError("property " + id + " is not expected from a server");
        };
    }

    public static int varint(ByteBuffer in) {
        int value = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.get() & 0xFF;
            value |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit >= 0x80);
        return value;
    }

    public static String text(ByteBuffer in) {
        return new String(binary(in), UTF_8);
    }

    private static byte[] binary(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return bytes;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public boolean has(int id) {
        return entries.stream().anyMatch(entry -> entry.id() == id);
    }

    public List<Object> all(int id) {
        return entries.stream()
                .filter(entry -> entry.id() == id)
                .map(Entry::value)
                .toList();
    }

    public long number(int id) {
        return (Long) first(id);
    }

    public String text(int id) {
        return (String) first(id);
    }

    public byte[] bytes(int id) {
        return (byte[]) first(id);
    }

    private Object first(int id) {
        return all(id).stream().findFirst().orElseThrow(() -> new AssertionError("no property " + id));
    }
}
