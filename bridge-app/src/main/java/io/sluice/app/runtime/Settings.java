package io.sluice.app.runtime;

import io.sluice.app.config.ListenerConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.ingress.IngressSettings;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.mqtt.connection.ConnectionSettings;
import io.sluice.mqtt.listener.ListenerSettings;
import io.sluice.mqtt.session.SessionSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each part is told, from the configuration: the parts do not know it. */
final class Settings {

    private static final int LANE_MESSAGES_MAX = 256;
    private static final int SESSION_BUFFER_BYTES = 1 << 20;
    private static final int CATCH_UP_BYTES = 256 << 10;
    /** A fleet that comes back at once waits in the kernel, not in a refusal. */
    private static final int BACKLOG_MAX = 4_096;
    /** Netty's own water marks. */
    private static final int WRITE_BUFFER_BYTES_LOW = 32 << 10;

    private static final int WRITE_BUFFER_BYTES_HIGH = 64 << 10;
    private static final Duration TOPICS_REFRESH = Duration.ofSeconds(5);

    private Settings() {}

    static KafkaSettings kafka(SluiceConfig config, String bootstrapServers) {
        Map<String, String> properties =
                new HashMap<>(config.kafka().properties().values());
        // Producer properties are Kafka's own names too: the consumers and the admin client pass over them.
        properties.putAll(config.kafka().producer().values());
        return new KafkaSettings(bootstrapServers, "sluice", properties);
    }

    static TopicSettings topics(SluiceConfig config) {
        return new TopicSettings(TOPICS_REFRESH, config.kafka().topics().limit());
    }

    static IngressSettings ingress(SluiceConfig config, long heapBytes) {
        long gateBytes = config.limits().inflightBytes().bytes(heapBytes);
        // Kafka's producer has a copy of what is in flight, in buffers of up to twice the gate: all three must fit.
        return new IngressSettings(gateBytes, config.limits().lookAhead().count(), LANE_MESSAGES_MAX, gateBytes / 2);
    }

    /** The ingress rules; where topics may not be created at all, no rule may. */
    static List<IngressRule> ingressRules(SluiceConfig config) {
        if (config.kafka().topics().create()) {
            return config.ingressRules();
        }
        return config.ingressRules().stream().map(Settings::withoutCreation).toList();
    }

    private static IngressRule withoutCreation(IngressRule rule) {
        return new IngressRule(
                rule.name(),
                rule.filter(),
                rule.topic(),
                rule.key(),
                rule.qosMax(),
                rule.headerMode(),
                rule.headers(),
                rule.illegalName(),
                rule.subscribe(),
                rule.partitioner(),
                new TopicCreation(false, -1, (short) -1, Map.of()));
    }

    static int connectionsMax(ListenerConfig listener) {
        int own = listener.limits().connections();
        return own == 0 ? Integer.MAX_VALUE : own;
    }

    static SessionSettings sessions(SluiceConfig config) {
        return new SessionSettings(
                config.sessions().maxInflight(),
                config.sessions().buffer(),
                SESSION_BUFFER_BYTES,
                CATCH_UP_BYTES,
                config.sessions().maxExpiry(),
                config.sessions().maxSubscriptions());
    }

    static ConnectionSettings connections(SluiceConfig config) {
        return new ConnectionSettings(
                config.limits().connections(),
                config.mqtt().connectTimeout(),
                (int) config.mqtt().maxPacketSize().count(),
                config.mqtt().receiveMaximum(),
                config.mqtt().topicAliasMaximum(),
                (int) config.mqtt().maxKeepAlive().toSeconds(),
                config.limits().holdTimeout(),
                config.limits().topicLevels(),
                config.mqtt().retained(),
                config.mqtt().wildcardSubscriptions());
    }

    static ListenerSettings listener(String name, ListenerConfig listener, SluiceConfig config) {
        return new ListenerSettings(
                name,
                listener.type() == ListenerConfig.Type.WS ? ListenerSettings.Type.WS : ListenerSettings.Type.TCP,
                listener.bind().host(),
                listener.bind().port(),
                listener.path(),
                (int) config.mqtt().maxPacketSize().count(),
                config.mqtt().maxClientIdLength(),
                BACKLOG_MAX,
                WRITE_BUFFER_BYTES_LOW,
                WRITE_BUFFER_BYTES_HIGH);
    }
}
