package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.sluice.kafka.format.EgressFormat;
import io.sluice.kafka.format.FormatSettings;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.auth.rules.Rule;
import io.sluice.mqtt.listener.ProxySettings;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.session.ShareStrategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {

    private static final String FULL = "src/test/resources/full.yaml";

    @TempDir
    Path folder = Path.of(".");

    @Test
    void withoutConfigurationTheDefaultsHold() {
        LoadedConfig loaded = Loading.files();

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.usable().ingressRules()).containsExactly(IngressRule.rest());
        assertThat(loaded.usable().kafka().isEmbedded()).isTrue();
        assertThat(loaded.entries()).allMatch(entry -> entry.place().isDefault());
        assertThat(loaded.entries().stream().map(entry -> entry.path() + ": " + entry.text()))
                .containsExactly(
                        "listeners.mqtt.type: tcp",
                        "listeners.mqtt.bind: 127.0.0.1:1883",
                        "listeners.mqtt.path: /mqtt",
                        "listeners.mqtt.proxy-protocol: off",
                        "listeners.mqtt.limits.connections: 0",
                        "listeners.mqtt.limits.connect-rate: 0/s",
                        "listeners.ws.type: ws",
                        "listeners.ws.bind: 127.0.0.1:8083",
                        "listeners.ws.path: /mqtt",
                        "listeners.ws.proxy-protocol: off",
                        "listeners.ws.limits.connections: 0",
                        "listeners.ws.limits.connect-rate: 0/s",
                        "ingress[0].name: rest",
                        "ingress[0].filter: #",
                        "ingress[0].topic: mqtt.{1}",
                        "ingress[0].headers: all",
                        "ingress[0].qos-max: 2",
                        "ingress[0].illegal-name: replace",
                        "ingress[0].subscribe: true",
                        "ingress[0].partitioner: any",
                        "ingress[0].create.enabled: true",
                        "ingress[0].create.partitions: -1",
                        "ingress[0].create.replication-factor: -1",
                        "kafka.topics.create: true",
                        "kafka.topics.limit: 1000",
                        "kafka.internal-topics.prefix: _sluice",
                        "kafka.internal-topics.replication-factor: -1",
                        "kafka.durability: report",
                        "kafka.embedded.data-dir: sluice-data",
                        "kafka.embedded.port: 9092",
                        "schema-registry.timeout: 5s",
                        "schema-registry.refresh: 5m",
                        "schema-registry.auto-register: false",
                        "instance.heartbeat: 500ms",
                        "instance.timeout: 2s",
                        "sessions.max-expiry: 7d",
                        "sessions.min-expiry: 0s",
                        "sessions.max-inflight: 100",
                        "sessions.buffer: 256",
                        "sessions.max-subscriptions: 1000",
                        "mqtt.max-packet-size: 1MiB",
                        "mqtt.receive-maximum: 1000",
                        "mqtt.topic-alias-maximum: 16",
                        "mqtt.max-keep-alive: 0s",
                        "mqtt.max-client-id-length: 256",
                        "mqtt.retained: true",
                        "mqtt.wildcard-subscriptions: true",
                        "mqtt.shared-subscriptions: true",
                        "mqtt.shared-strategy: publisher",
                        "mqtt.subscription-identifiers: true",
                        "mqtt.max-qos: 2",
                        "mqtt.sys-topics: true",
                        "mqtt.sys-interval: 10s",
                        "mqtt.connect-timeout: 10s",
                        "mqtt.denied-publish: disconnect",
                        "limits.inflight-bytes: 25%",
                        "limits.connections: 200000",
                        "limits.unauthenticated-packet-size: 64KiB",
                        "limits.packet-timeout: 5m",
                        "limits.user-properties: 100",
                        "limits.filters-per-packet: 1000",
                        "limits.connections-per-address: 1000",
                        "limits.connect-rate: 0/s",
                        "limits.claim-rate: 10/s",
                        "limits.per-client.messages: 0/s",
                        "limits.per-client.bytes: 0/s",
                        "limits.topic-levels: 128",
                        "limits.look-ahead: 64KiB",
                        "limits.hold-timeout: 1h",
                        "limits.retained-messages: 1000000",
                        "limits.handover-batches: 64",
                        "limits.sparkplug-births: 64MiB",
                        "management.bind: 127.0.0.1:8080",
                        "observability.log.format: text",
                        "observability.log.level: info",
                        "observability.tracing.header: traceparent",
                        "observability.tracing.sample-ratio: 0.01",
                        "drain.delay: 5s",
                        "drain.rate: 500/s",
                        "drain.timeout: 110s",
                        "drain.will-grace: 1m");
    }

    @Test
    void aFullFileSetsEveryKey() {
        LoadedConfig loaded = Loading.files(FULL);

        assertThat(Loading.messages(loaded)).isEmpty();
        // Where a word is the only one, and where a setting excludes another, the default's text is all there is.
        assertThat(loaded.entries().stream()
                        .filter(entry -> entry.place().isDefault())
                        .map(ConfigEntry::path))
                .containsExactly(
                        "listeners.mqtt.path", "egress[0].qos", "kafka.embedded.data-dir", "kafka.embedded.port");
        SluiceConfig config = loaded.usable();
        assertThat(config.listeners().get("ws"))
                .isEqualTo(new ListenerConfig(
                        ListenerConfig.Type.WS,
                        new HostAndPort("::1", 9083),
                        "/devices",
                        Words.of("https://app.example"),
                        ProxySettings.Version.V1,
                        Words.of("10.0.0.0/8", "fd00::/8"),
                        null,
                        "none",
                        new ListenerConfig.ListenerLimits(10, new Rate(5))));
        assertThat(config.authorizationRules().orElseThrow().stream().map(Rule::toString))
                .containsExactly(
                        "{deny: [retain, will], topic: [\"telemetry/%u/%c/#\", \"state/%g/+\"], user: [device-1, device-2],"
                                + " group: devices, client: c1, listener: [mqtt, ws],"
                                + " source: [\"10.0.0.0/8\", \"2001:db8::/32\"]}",
                        "{allow: publish, topic: \"#\"}");
        assertThat(config.ingressRules())
                .first()
                .isEqualTo(new IngressRule(
                        "telemetry",
                        "telemetry/{tenant}/{device}/#",
                        "telemetry.{tenant}",
                        "{device}",
                        Qos.AT_LEAST_ONCE,
                        HeaderMode.ALL,
                        Map.of("tenant", "{tenant}"),
                        IllegalName.REPLACE,
                        false,
                        Partitioner.MURMUR2,
                        new TopicCreation(false, 12, (short) 3, Map.of("retention.ms", "604800000"))));
        assertThat(config.ingressFormats())
                .containsOnlyKeys("telemetry")
                .containsEntry(
                        "telemetry",
                        new RuleFormats.Rule(
                                "telemetry/{tenant}/{device}/#",
                                new FormatSettings(
                                        FormatSettings.Type.JSON_TO_AVRO,
                                        "telemetry-value",
                                        FormatSettings.Naming.TOPIC_RECORD,
                                        "acme.Telemetry",
                                        3,
                                        true,
                                        true,
                                        Map.of("device", "{device}"),
                                        FormatSettings.OnError.DEAD_LETTER,
                                        "telemetry.dlq"),
                                false));
        assertThat(config.egressFormats()).containsExactly(entry("commands", EgressFormat.Type.AVRO_TO_JSON));
        assertThat(config.ingress().get(1).headers()).isEqualTo(new RuleHeaders(HeaderMode.MINIMAL, Map.of()));
        assertThat(config.egressRules().get(0).qos()).isEqualTo(Qos.AT_LEAST_ONCE);
        assertThat(String.valueOf(config.kafka().bootstrapServers())).isEqualTo("kafka-1:9092,kafka-2:9092");
        assertThat(config.kafka().username()).isEqualTo("sluice");
        assertThat(config.kafka().password()).isEqualTo(new Secret("secret"));
        assertThat(config.kafka().producer().values()).containsExactly(entry("compression.type", "lz4"));
        assertThat(config.kafka().internalTopics()).isEqualTo(new KafkaConfig.InternalTopicsConfig("_sluice-b", 3));
        assertThat(config.sessions().maxExpiry()).isEqualTo(Duration.ofHours(1));
        assertThat(config.mqtt().maxPacketSize()).isEqualTo(new Bytes(256 << 10));
        assertThat(config.mqtt().sharedStrategy()).isEqualTo(ShareStrategy.ROUND_ROBIN);
        assertThat(config.mqtt().closedToPublish()).isEqualTo(Words.of("factory/#", "+/secret"));
        assertThat(config.mqtt().closedToSubscribe()).isEqualTo(Words.of("internal/#"));
        assertThat(config.limits().inflightBytes().bytes(Loading.HEAP_BYTES)).isEqualTo(64L << 20);
        assertThat(config.limits().sparkplugBirths()).isEqualTo(new Bytes(16 << 20));
        assertThat(config.limits().claimRate()).isEqualTo(new Rate(2));
        assertThat(config.limits().perClient())
                .isEqualTo(new LimitsConfig.PerClientLimits(new Rate(50), new ByteRate(new Bytes(64 << 10))));
        assertThat(config.instance())
                .isEqualTo(new InstanceConfig("sluice-0", Duration.ofMillis(250), Duration.ofSeconds(3)));
        assertThat(config.observability().tracing())
                .isEqualTo(new ObservabilityConfig.TracingConfig(
                        HttpBase.parse("http://collector:4318"),
                        ObservabilityConfig.TraceHeader.TRACEPARENT,
                        new Ratio(0.5)));
        assertThat(config.drain())
                .isEqualTo(new DrainConfig(
                        Duration.ofMillis(100), new Rate(100), Duration.ofMinutes(1), Duration.ofSeconds(30)));
    }

    @Test
    void topicsOfItsOwnAreNoOneElses() {
        LoadedConfig loaded = Loading.settings(
                Map.of("kafka.internal-topics.prefix", "state", "kafka.internal-topics.replication-factor", "3"));

        assertThat(Loading.messages(loaded))
                .singleElement()
                .asString()
                .contains("kafka.internal-topics: prefix: \"state\" (expected: _sluice, and then");
    }

    @Nested
    final class Authorization {

        @Test
        void withoutTheKeyNobodyIsAsked() {
            assertThat(Loading.files().usable().authorizationRules()).isEmpty();
        }

        @Test
        void anEmptyKeyDeniesEverythingAndSaysSo() {
            for (String nothing : List.of("authorization:\n", "authorization: []\n", "authorization: ~ # later\n")) {
                LoadedConfig loaded = Loading.files(Loading.file(folder, "none.yaml", nothing));

                assertThat(loaded.usable().authorizationRules()).contains(List.of());
                assertThat(Loading.messages(loaded)).singleElement().satisfies(message -> assertThat(message)
                        .contains("none.yaml:1:")
                        .contains(": warning: authorization: no rule, so nobody may publish or subscribe"));
            }
        }

        @Test
        void aLaterFileReplacesTheWholeList() {
            String base = Loading.file(
                    folder, "base.yaml", "authorization: [{allow: publish, topic: a}, {allow: subscribe, topic: b}]\n");
            String prod = Loading.file(folder, "prod.yaml", "authorization: [{deny: publish, topic: c}]\n");

            assertThat(Loading.files(base, prod).usable().authorizationRules().orElseThrow())
                    .hasSize(1);
        }

        @Test
        void rulesThatNeverDecideAreWarnedOf() {
            LoadedConfig loaded = Loading.files(Loading.file(folder, "rules.yaml", """
                    authorization:
                      - {allow: [publish, subscribe], topic: "a/#", group: operators}
                      - {allow: publish, topic: "t/#"}
                      - {deny: publish, topic: ["t/%c/x", t/y/z]}
                      - {deny: publish, topic: "a/b"}
                      - {allow: publish, topic: "x/{device}/y"}
                    """));

            assertThat(loaded.isUsable()).isTrue();
            assertThat(Loading.messages(loaded).stream().map(line -> line.substring(line.indexOf("rules.yaml"))))
                    .containsExactly(
                            "rules.yaml:4:5: warning: authorization[2]: can never decide: authorization[1] (line 3)"
                                    + " already does",
                            "rules.yaml:6:29: warning: authorization[4].topic: level \"{device}\" is taken as text:"
                                    + " only ingress filters name levels (expected: + for any)");
        }

        @Test
        void aVariableForTheListIsAnError() {
            LoadedConfig loaded = Loading.environment(Map.of("SLUICE_AUTHORIZATION_0_DENY", "publish"));

            assertThat(loaded.isUsable()).isFalse();
            assertThat(Loading.settings(Map.of("authorization", "[]")).isUsable())
                    .isFalse();
        }
    }

    @Nested
    final class Precedence {

        @Test
        void laterSourcesGoOverEarlierOnes() {
            String base = Loading.file(folder, "base.yaml", "mqtt: {receive-maximum: 2, topic-alias-maximum: 2}\n");
            String prod = Loading.file(folder, "prod.yaml", "mqtt: {receive-maximum: 3}\nsessions: {buffer: 3}\n");

            LoadedConfig loaded = Loading.load(
                    List.of(base, prod),
                    Map.of("SLUICE_SESSIONS_BUFFER", "4", "SLUICE_SESSIONS_MAX_INFLIGHT", "4"),
                    Map.of("sessions.max-inflight", "5"));

            assertThat(loaded.usable().mqtt().topicAliasMaximum()).isEqualTo(2);
            assertThat(loaded.usable().mqtt().receiveMaximum()).isEqualTo(3);
            assertThat(loaded.usable().sessions().buffer()).isEqualTo(4);
            assertThat(loaded.usable().sessions().maxInflight()).isEqualTo(5);
            assertThat(loaded.entries().stream()
                            .filter(e -> !e.place().isDefault())
                            .map(e -> e.place().toString()))
                    .containsExactly(
                            "--set sessions.max-inflight",
                            "environment SLUICE_SESSIONS_BUFFER",
                            prod + ":1:25",
                            base + ":1:49");
        }

        @Test
        void listenersOfFilesMergeByNameAndReplaceTheBuiltIn() {
            String base = Loading.file(folder, "base.yaml", "listeners: {a: {type: tcp, bind: 127.0.0.1:1}}\n");
            String prod = Loading.file(
                    folder, "prod.yaml", "listeners: {a: {bind: 127.0.0.1:2}, b: {type: ws, bind: 127.0.0.1:3}}\n");

            LoadedConfig loaded = Loading.files(base, prod);

            assertThat(loaded.usable().listeners()).containsOnlyKeys("a", "b");
            assertThat(Loading.listener(loaded, "a").bind()).isEqualTo(new HostAndPort("127.0.0.1", 2));
        }

        @Test
        void anEmptyFileAndEmptySectionsSayNothing() {
            String file = Loading.file(folder, "empty.yaml", "# later\n");
            String sections = Loading.file(folder, "sections.yaml", "kafka:\nmqtt: ~\n");

            assertThat(Loading.files(file, sections).usable())
                    .isEqualTo(Loading.files().usable());
        }
    }

    @Nested
    final class FromEnvironment {

        @Test
        void theBuiltInListenerMovesByItsVariable() {
            LoadedConfig loaded = Loading.environment(Map.of("SLUICE_LISTENERS_MQTT_BIND", "0.0.0.0:1883"));

            assertThat(Loading.listener(loaded, "mqtt").bind()).isEqualTo(new HostAndPort("0.0.0.0", 1883));
            assertThat(Loading.messages(loaded))
                    .containsExactly("environment SLUICE_LISTENERS_MQTT_BIND: warning: listeners.mqtt.bind: anyone who"
                            + " reaches 0.0.0.0:1883 may connect (\"auth: none\" says that this is meant; 127.0.0.1"
                            + " closes it)");
        }

        @Test
        void authNoneSilencesTheWarning() {
            LoadedConfig loaded = Loading.environment(
                    Map.of("SLUICE_LISTENERS_MQTT_BIND", "0.0.0.0:1883", "SLUICE_LISTENERS_MQTT_AUTH", "none"));

            assertThat(loaded.problems()).isEmpty();
            assertThat(Loading.listener(loaded, "mqtt").auth()).isEqualTo(ListenerConfig.NO_AUTH);
        }

        @Test
        void aNewListenerNeedsItsRequiredKeys() {
            LoadedConfig loaded = Loading.environment(Map.of("SLUICE_LISTENERS_PLANT_2_BIND", "127.0.0.1:1884"));

            assertThat(Loading.messages(loaded))
                    .containsExactly("environment SLUICE_LISTENERS_PLANT_2_BIND: error: listeners.plant-2.type: missing"
                            + " (expected: tcp or tls or ws or wss)");
        }

        @Test
        void kafkaPropertiesAreNamedWithDots() {
            LoadedConfig loaded = Loading.environment(Map.of(
                    "SLUICE_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                    "SLUICE_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL"));

            assertThat(loaded.usable().kafka().properties().values())
                    .containsExactly(entry("security.protocol", "SASL_SSL"));
        }

        @Test
        void aWrongValueNamesItsVariable() {
            assertThat(Loading.messages(Loading.environment(Map.of("SLUICE_DRAIN_DELAY", "5"))))
                    .containsExactly(
                            "environment SLUICE_DRAIN_DELAY: error: drain.delay: \"5\" (expected: a time such as"
                                    + " 100ms, 5s, 10m, 2h or 7d)");
        }

        @Test
        void anUnknownVariableIsAWarningAndStrictlyAnError() {
            Map<String, String> environment = Map.of("SLUICE_DRAIN_DELAI", "5s", "SLUICE_INGRESS_0_NAME", "x");

            assertThat(Loading.messages(Loading.environment(environment)))
                    .containsExactly(
                            "environment SLUICE_DRAIN_DELAI: warning: no such setting (did you mean"
                                    + " \"SLUICE_DRAIN_DELAY\"?)",
                            "environment SLUICE_INGRESS_0_NAME: warning: inside a list (expected: rules are written in"
                                    + " a file)");
            assertThat(Loading.strictly(environment).isUsable()).isFalse();
        }

        @Test
        void emptyVariablesAndKubernetesServiceLinksAreIgnored() {
            LoadedConfig loaded = Loading.strictly(Map.of(
                    "SLUICE_KAFKA_BOOTSTRAP_SERVERS", "",
                    "SLUICE_PORT", "tcp://10.0.0.1:1883",
                    "SLUICE_SERVICE_HOST", "10.0.0.1",
                    "SLUICE_SERVICE_PORT_MQTT", "1883",
                    "SLUICE_PORT_1883_TCP_ADDR", "10.0.0.1",
                    "SLUICE_HEADLESS_PORT", "tcp://10.0.0.1:1883",
                    "SLUICE_HEADLESS_SERVICE_HOST", "10.0.0.1",
                    "SLUICE_KAFKA_EMBEDDED_PORT", "tcp://10.0.0.1:9092"));

            assertThat(loaded.problems()).isEmpty();
            assertThat(loaded.entries()).allMatch(entry -> entry.place().isDefault());
        }
    }

    @Nested
    final class FromCommandLine {

        @Test
        void aKeyIsAPathAndTheRestOfAPropertyIsItsName() {
            LoadedConfig loaded = Loading.settings(Map.of(
                    "listeners.mqtt.limits.connections", "5",
                    "kafka.bootstrap-servers", "kafka:9092",
                    "kafka.properties.security.protocol", "SASL_SSL"));

            assertThat(Loading.listener(loaded, "mqtt").limits().connections()).isEqualTo(5);
            assertThat(loaded.usable().kafka().properties().values()).containsKey("security.protocol");
        }

        @Test
        void wrongKeysAreTold() {
            LoadedConfig loaded = Loading.settings(
                    Map.of("kafka.bootstrap-server", "kafka:9092", "ingress.0.name", "x", "drain..delay", "5s"));

            assertThat(Loading.messages(loaded))
                    .containsExactly(
                            "--set drain..delay: error: \"drain..delay\" (expected: the path of a key, e.g."
                                    + " listeners.mqtt.bind)",
                            "--set ingress.0.name: error: inside a list (expected: rules are written in a file)",
                            "--set kafka.bootstrap-server: error: kafka: unknown key \"bootstrap-server\" (did you mean"
                                    + " \"bootstrap-servers\"?)");
        }
    }
}
