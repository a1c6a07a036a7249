package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT leaves to the server to support, as CONNACK announces it (MQTT 5, section 3.2.2.3), and what is closed to
 * everybody, whatever the rules say.
 *
 * @param maximumQos the highest QoS that clients may publish at, and subscriptions are granted
 * @param sharedAvailable whether subscriptions may be shared
 * @param identifiersAvailable whether subscriptions may have identifiers
 * @param responseInformation what who asks for it gets as Response Information (section 3.2.2.3.15), or null
 * @param closedToPublish filters of the topics that nobody may publish to
 * @param closedToSubscribe filters of the topics that nobody may subscribe to: a filter that can match one is refused
 */
public record Capabilities(
        Qos maximumQos,
        boolean sharedAvailable,
        boolean identifiersAvailable,
        @Nullable String responseInformation,
        List<TopicFilter> closedToPublish,
        List<TopicFilter> closedToSubscribe) {

    public static final Capabilities ALL = new Capabilities(Qos.EXACTLY_ONCE, true, true, null, List.of(), List.of());

    private static final String SYS = "$SYS/";

    public Capabilities {
        closedToPublish = List.copyOf(closedToPublish);
        closedToSubscribe = List.copyOf(closedToSubscribe);
    }

    /** Whether a client may publish to the topic as far as this goes; what the server says of itself is its own. */
    boolean isOpenToPublish(TopicName topicName) {
        if (topicName.isSystem() && topicName.value().startsWith(SYS)) {
            return false;
        }
        for (TopicFilter closed : closedToPublish) {
            if (closed.matches(topicName)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no topic is closed that the filter matches. */
    boolean isOpenToSubscribe(TopicFilter filter) {
        for (TopicFilter closed : closedToSubscribe) {
            if (overlap(closed, filter)) {
                return false;
            }
        }
        return true;
    }

    /** Whether there can be a topic name that both match. */
    private static boolean overlap(TopicFilter one, TopicFilter other) {
        if (one.isSystem() != other.isSystem() && (one.startsWithWildcard() || other.startsWithWildcard())) {
            // [MQTT-4.7.2-1]
            return false;
        }
        List<String> a = one.levels();
        List<String> b = other.levels();
        int i = 0;
        while (i < a.size() && i < b.size()) {
            String x = a.get(i);
            String y = b.get(i);
            if (x.equals(TopicFilter.MULTI_LEVEL) || y.equals(TopicFilter.MULTI_LEVEL)) {
                return true;
            }
            boolean isWild = x.equals(TopicFilter.SINGLE_LEVEL) || y.equals(TopicFilter.SINGLE_LEVEL);
            if (!isWild && !x.equals(y)) {
                return false;
            }
            i++;
        }
        // "a/#" matches "a", too.
        return a.size() == b.size() || restIsAny(a, i) || restIsAny(b, i);
    }

    private static boolean restIsAny(List<String> levels, int from) {
        return levels.size() == from + 1 && levels.get(from).equals(TopicFilter.MULTI_LEVEL);
    }
}
