package io.sluice.app.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.KafkaConfig;
import io.sluice.app.config.ListenerConfig;
import io.sluice.app.config.MqttConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.config.Words;
import io.sluice.kafka.audit.AuditSettings;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.TokenEndpoints;
import io.sluice.kafka.fleet.FleetSettings;
import io.sluice.kafka.fleet.Instance;
import io.sluice.kafka.ingress.IngressSettings;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.topic.TopicSettings;
import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.rules.RulesAuthorizer;
import io.sluice.mqtt.codec.PacketLimits;
import io.sluice.mqtt.connection.Capabilities;
import io.sluice.mqtt.connection.ConnectionSettings;
import io.sluice.mqtt.listener.ListenerSettings;
import io.sluice.mqtt.listener.ProxySettings;
import io.sluice.mqtt.listener.TlsSettings;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.session.SessionSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    static KafkaSettings kafka(SluiceConfig config, String bootstrapServers, @Nullable MeterRegistry meters) {
        Map<String, String> properties = config.kafka().clientProperties();
        TokenEndpoints.allow(properties);
        return new KafkaSettings(bootstrapServers, "sluice", properties, meters);
    }

    /** This process among the instances: another incarnation for each start. */
    static Instance instance(SluiceConfig config) {
        return new Instance(instanceName(config), UUID.randomUUID().toString());
    }

    private static String instanceName(SluiceConfig config) {
        String name = config.instance().name();
        if (name != null) {
            return name;
        }
        if (config.kafka().isEmbedded()) {
            return "embedded";
        }
        int port = config.listeners().values().stream()
                .mapToInt(listener -> listener.bind().port())
                .findFirst()
                .orElse(0);
        // A port that the system chooses says nothing yet; it is another one at the next start in any case.
        return hostName() + "-" + (port == 0 ? UUID.randomUUID().toString() : Integer.toString(port));
    }

    private static String hostName() {
        String said = System.getenv("HOSTNAME");
        if (said != null && !said.isEmpty() && said.indexOf('/') < 0) {
            return said;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    static FleetSettings fleet(SluiceConfig config) {
        return new FleetSettings(
                config.instance().heartbeat(), config.instance().timeout());
    }

    static TopicSettings topics(SluiceConfig config) {
        return new TopicSettings(TOPICS_REFRESH, config.kafka().topics().limit());
    }

    /** How the topics are kept in which Sluice has its state. */
    static StateSettings state(SluiceConfig config) {
        KafkaConfig.InternalTopicsConfig topics = config.kafka().internalTopics();
        return new StateSettings(
                topics.prefix(),
                StateSettings.DEFAULTS.partitions(),
                (short) topics.replicationFactor(),
                StateSettings.DEFAULTS.pollMax());
    }

    static AuditSettings audit(SluiceConfig config) {
        return new AuditSettings(
                config.sessions().maxExpiry(),
                config.kafka().internalTopics().prefix(),
                // Whoever wants nothing but what is promised is told that one node is less.
                config.kafka().isEmbedded() && !isStrict(config));
    }

    static boolean isStrict(SluiceConfig config) {
        return config.kafka().durability() == KafkaConfig.Durability.STRICT;
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

    /** The rules of who may do what; without the key nobody is asked. */
    static Authorizer authorizer(SluiceConfig config) {
        return config.authorizationRules().<Authorizer>map(RulesAuthorizer::new).orElse(Authorizer.OPEN);
    }

    static SessionSettings sessions(SluiceConfig config) {
        return new SessionSettings(
                config.sessions().maxInflight(),
                config.sessions().buffer(),
                SESSION_BUFFER_BYTES,
                CATCH_UP_BYTES,
                config.sessions().maxExpiry(),
                config.sessions().maxSubscriptions(),
                config.drain().willGrace(),
                config.sessions().minExpiry(),
                config.mqtt().sharedStrategy());
    }

    static ConnectionSettings connections(SluiceConfig config) {
        return new ConnectionSettings(
                config.limits().connections(),
                config.limits().connectionsPerAddress(),
                config.mqtt().connectTimeout(),
                (int) config.mqtt().maxPacketSize().count(),
                config.mqtt().receiveMaximum(),
                config.mqtt().topicAliasMaximum(),
                (int) config.mqtt().maxKeepAlive().toSeconds(),
                config.limits().holdTimeout(),
                config.limits().packetTimeout(),
                config.limits().topicLevels(),
                config.mqtt().retained(),
                config.mqtt().wildcardSubscriptions(),
                config.mqtt().deniedPublish(),
                capabilities(config.mqtt()),
                new ConnectionSettings.ClientRate(
                        config.limits().perClient().messages().perSecond(),
                        config.limits().perClient().bytes().perSecond().count()));
    }

    private static Capabilities capabilities(MqttConfig mqtt) {
        return new Capabilities(
                Qos.of(mqtt.maxQos()),
                mqtt.sharedSubscriptions(),
                mqtt.subscriptionIdentifiers(),
                mqtt.responseInformation(),
                filters(mqtt.closedToPublish()),
                filters(mqtt.closedToSubscribe()));
    }

    private static List<TopicFilter> filters(@Nullable Words words) {
        return words == null
                ? List.of()
                : words.words().stream().map(TopicFilter::of).toList();
    }

    /** A browser shows a client's certificate for whatever page asks it to. */
    private static List<String> allowedOrigins(ListenerConfig listener) {
        if (listener.allowedOrigins() != null) {
            return listener.allowedOrigins().words();
        }
        boolean isCertain = listener.tls() != null && listener.tls().clientAuth() != TlsSettings.ClientAuth.NONE;
        return isCertain ? List.of() : List.of("*");
    }

    private static PacketLimits packets(SluiceConfig config) {
        return new PacketLimits(
                (int) config.mqtt().maxPacketSize().count(),
                (int) config.limits().unauthenticatedPacketSize().count(),
                config.mqtt().maxClientIdLength(),
                config.limits().userProperties(),
                config.limits().filtersPerPacket(),
                config.limits().topicLevels());
    }

    static ListenerSettings listener(String name, ListenerConfig listener, SluiceConfig config) {
        return new ListenerSettings(
                name,
                ListenerSettings.Type.valueOf(listener.type().name()),
                listener.bind().host(),
                listener.bind().port(),
                listener.path(),
                packets(config),
                BACKLOG_MAX,
                WRITE_BUFFER_BYTES_LOW,
                WRITE_BUFFER_BYTES_HIGH,
                new ProxySettings(
                        listener.proxyProtocol(),
                        listener.proxyPeers() == null
                                ? List.of()
                                : listener.proxyPeers().words()),
                allowedOrigins(listener));
    }
}
