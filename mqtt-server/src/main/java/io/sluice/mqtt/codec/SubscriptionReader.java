package io.sluice.mqtt.codec;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/** Reads SUBSCRIBE and UNSUBSCRIBE (MQTT 5, sections 3.8 and 3.10). */
final class SubscriptionReader {

    private static final int QOS = 0x03;
    private static final int NO_LOCAL = 0x04;
    private static final int RETAIN_AS_PUBLISHED = 0x08;
    private static final int RESERVED = 0xC0;
    private static final int RESERVED_3_1_1 = 0xFC;

    private SubscriptionReader() {}

    static Packet.Subscribe readSubscribe(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        PacketProperties properties =
                version.isMqtt5() ? PacketProperties.read(in, PacketProperties.IN_SUBSCRIBE) : PacketProperties.NONE;
        List<Packet.SubscribeEntry> entries = new ArrayList<>();
        while (in.remaining() > 0) {
            checkCount(in, entries.size());
            entries.add(readEntry(in, version));
        }
        if (entries.isEmpty()) {
            throw in.protocolError("no topic filter (expected: at least one)"); // [MQTT-3.8.3-2]
        }
        return new Packet.Subscribe(packetId, properties.subscriptionIdentifier, List.copyOf(entries));
    }

    static Packet.Unsubscribe readUnsubscribe(WireReader in, ProtocolVersion version) {
        int packetId = in.readPacketId();
        if (version.isMqtt5()) {
            PacketProperties.read(in, PacketProperties.IN_UNSUBSCRIBE);
        }
        List<String> filters = new ArrayList<>();
        while (in.remaining() > 0) {
            checkCount(in, filters.size());
            filters.add(in.readString("topic filter"));
        }
        if (filters.isEmpty()) {
            throw in.protocolError("no topic filter (expected: at least one)"); // [MQTT-3.10.3-2]
        }
        return new Packet.Unsubscribe(packetId, List.copyOf(filters));
    }

    private static Packet.SubscribeEntry readEntry(WireReader in, ProtocolVersion version) {
        String text = in.readString("topic filter");
        int options = in.readByte("subscription options");
        checkOptions(in, version, options);
        Qos qos = Qos.of(options & QOS);
        if (TopicFilter.problem(text) != null
                || hasTooManyLevels(text, in.limits().topicLevelsMax())) {
            return new Packet.SubscribeEntry(null, text, qos, false, false, 0);
        }
        TopicFilter filter = TopicFilter.of(text);
        if (!version.isMqtt5()) {
            return new Packet.SubscribeEntry(filter, null, qos, false, false, 0);
        }
        boolean noLocal = (options & NO_LOCAL) != 0;
        if (noLocal && filter.isShared()) {
            throw in.protocolError("No Local on a shared subscription"); // [MQTT-3.8.3-4]
        }
        boolean retainAsPublished = (options & RETAIN_AS_PUBLISHED) != 0;
        return new Packet.SubscribeEntry(filter, null, qos, noLocal, retainAsPublished, retainHandling(options));
    }

    private static void checkCount(WireReader in, int count) {
        int max = in.limits().filtersMax();
        if (count >= max) {
            throw in.quotaExceeded("more than " + max + " topic filters (limits.filters-per-packet)");
        }
    }

    /** Before there is an object for each level; {@code $share} and the share's name are none. */
    private static boolean hasTooManyLevels(String filter, int levelsMax) {
        int levels = filter.startsWith("$share/") ? -1 : 1;
        for (int slash = filter.indexOf('/'); slash >= 0; slash = filter.indexOf('/', slash + 1)) {
            levels++;
        }
        return levels > levelsMax;
    }

    private static void checkOptions(WireReader in, ProtocolVersion version, int options) {
        int reserved =
                switch (version) {
                    case MQTT_3_1 -> 0; // The bits are unused there, and may have any value.
                    case MQTT_3_1_1 -> RESERVED_3_1_1;
                    case MQTT_5 -> RESERVED;
                };
        if ((options & reserved) != 0) {
            throw in.malformed(String.format("subscription options 0x%02X (expected: reserved bits 0)", options));
        }
        if ((options & QOS) == 3) {
            throw in.protocolError("QoS 3 (expected: 0, 1 or 2)");
        }
        if (version.isMqtt5() && retainHandling(options) == 3) {
            throw in.protocolError("Retain Handling 3 (expected: 0, 1 or 2)");
        }
    }

    private static int retainHandling(int options) {
        return (options >> 4) & 3;
    }
}
