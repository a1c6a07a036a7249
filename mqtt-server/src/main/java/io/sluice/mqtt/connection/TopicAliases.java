package io.sluice.mqtt.connection;

import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The topic aliases of one connection, both ways (MQTT 5, section 3.3.2.3.4). Confined to its loop. */
final class TopicAliases {

    private final @Nullable TopicName[] inbound;
    private final int outboundMax;
    private final Map<TopicName, Integer> outbound = new HashMap<>();

    /**
     * @param inboundMax the server's Topic Alias Maximum
     * @param outboundMax the client's, as far as the server uses it
     */
    TopicAliases(int inboundMax, int outboundMax) {
        this.inbound = new TopicName[inboundMax + 1];
        this.outboundMax = outboundMax;
    }

    /** The topic of a PUBLISH, given its name, its alias, or both. */
    TopicName resolve(@Nullable TopicName name, int alias) {
        if (alias == 0) {
            if (name == null) {
                throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "PUBLISH: neither topic name nor alias");
            }
            return name;
        }
        if (alias >= inbound.length) {
            // [MQTT-3.3.2-9]
            throw new ProtocolError(
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "topic alias: " + alias + " (expected: at most " + (inbound.length - 1) + ")");
        }
        if (name != null) {
            inbound[alias] = name;
            return name;
        }
        TopicName known = inbound[alias];
        if (known == null) {
            // An alias of an earlier connection means nothing here: never guessed [MQTT-3.3.2-7].
            throw new ProtocolError(
                    ReasonCode.TOPIC_ALIAS_INVALID, "topic alias: " + alias + " is not set on this connection");
        }
        return known;
    }

    /** The alias that the client knows for the topic, or 0. */
    int known(TopicName name) {
        return outboundMax == 0 ? 0 : outbound.getOrDefault(name, 0);
    }

    /** Whether the topic goes out with an alias: the one that the client knows, or a new one. */
    boolean isAliased(TopicName name) {
        return outbound.size() < outboundMax || known(name) != 0;
    }

    /** A new alias for the topic, to be sent together with its name, or 0 when the client takes no more. */
    int assign(TopicName name) {
        if (outbound.size() >= outboundMax) {
            return 0;
        }
        int alias = outbound.size() + 1;
        outbound.put(name, alias);
        return alias;
    }
}
