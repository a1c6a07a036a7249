package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.spec.Conforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is switched off by configuration is announced in CONNACK (MQTT 5, section 3.2.2.3) and refused. */
final class CapabilitiesIT {

    private static final int NOT_AUTHORIZED = 0x87;
    private static final int RETAIN_NOT_SUPPORTED = 0x9A;
    private static final int QOS_NOT_SUPPORTED = 0x9B;
    private static final int SHARED_NOT_SUPPORTED = 0x9E;
    private static final int IDENTIFIERS_NOT_SUPPORTED = 0xA1;
    private static final int WILDCARDS_NOT_SUPPORTED = 0xA2;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Sluice sluice;

    @BeforeAll
    static void start() throws IOException {
        Path file = Files.writeString(folder.resolve("sluice.yaml"), """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:0"}
                management: {bind: "127.0.0.1:0"}
                kafka:
                  embedded: {data-dir: "%s", port: 0}
                mqtt:
                  receive-maximum: 7
                  topic-alias-maximum: 3
                  max-packet-size: 2KiB
                  max-keep-alive: 30s
                  max-qos: 1
                  retained: false
                  wildcard-subscriptions: false
                  shared-subscriptions: false
                  subscription-identifiers: false
                  sys-topics: false
                  response-information: replies/here
                  closed-to-publish: ["factory/#"]
                  closed-to-subscribe: ["internal/#"]
                sessions: {max-expiry: 1h, min-expiry: 1m}
                """.formatted(folder.resolve("kafka")));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable());
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static RawClient connect(Connect connect) throws IOException {
        return new RawClient(sluice.port("mqtt")).connect(connect);
    }

    private static RawClient connect() throws IOException {
        return connect(new Connect(MQTT_5, "capable").keepAliveSeconds(60));
    }

    @Test
    void allOfItIsAnnounced() throws IOException {
        Connect connect = new Connect(MQTT_5, "told")
                .keepAliveSeconds(60)
                .with(Property.requestResponseInformation())
                .with(Property.sessionExpiry(7_200));
        try (RawClient client = connect(connect)) {
            ReceivedProperties told = client.connAck().properties();

            assertThat(told.number(Property.RECEIVE_MAXIMUM)).isEqualTo(7);
            assertThat(told.number(Property.TOPIC_ALIAS_MAXIMUM)).isEqualTo(3);
            assertThat(told.number(Property.MAXIMUM_PACKET_SIZE)).isEqualTo(2_048);
            assertThat(told.number(Property.SERVER_KEEP_ALIVE)).isEqualTo(30);
            assertThat(told.number(Property.MAXIMUM_QOS)).isEqualTo(1);
            assertThat(told.number(Property.RETAIN_AVAILABLE)).isZero();
            assertThat(told.number(Property.WILDCARD_AVAILABLE)).isZero();
            assertThat(told.number(Property.SHARED_AVAILABLE)).isZero();
            assertThat(told.number(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE)).isZero();
            assertThat(told.number(Property.SESSION_EXPIRY)).isEqualTo(3_600);
            assertThat(told.text(Property.RESPONSE_INFORMATION)).isEqualTo("replies/here");
        }
    }

    @Test
    void aSessionThatOutlivesItsConnectionDoesSoForTheLeast() throws IOException {
        try (RawClient client = connect(new Connect(MQTT_5, "short").with(Property.sessionExpiry(1)))) {
            assertThat(client.connAck().properties().number(Property.SESSION_EXPIRY))
                    .isEqualTo(60);
        }
        try (RawClient client = connect()) {
            assertThat(client.connAck().properties().all(Property.SESSION_EXPIRY))
                    .isEmpty();
        }
    }

    @Test
    @Conforms(mqtt5 = {"3.2.2-9", "3.2.2-10", "3.2.2-11", "3.2.2-12"})
    void aHigherQosIsRefused() throws IOException {
        try (RawClient client = connect()) {
            // [MQTT-3.2.2-9]
            assertThat(client.subscribe("a/b", 2)).isEqualTo(1);
            client.send(client.publication("a/b", "x", 2, false, 1));

            // [MQTT-3.2.2-11]
            client.assertDisconnected(QOS_NOT_SUPPORTED);
        }
        try (RawClient client = new RawClient(sluice.port("mqtt")).speaks(MQTT_5)) {
            client.send(new Connect(MQTT_5, "will").will("a/b", "x", 2, false).bytes());

            // [MQTT-3.2.2-12]
            assertThat(client.next(Wire.CONNACK).reasonCode()).isEqualTo(QOS_NOT_SUPPORTED);
        }
    }

    @Test
    void retainIsRefused() throws IOException {
        try (RawClient client = connect()) {
            client.send(client.publication("a/b", "x", 1, true, 1));

            // [MQTT-3.2.2-14]
            client.assertDisconnected(RETAIN_NOT_SUPPORTED);
        }
    }

    @Test
    void subscriptionsThatAreSwitchedOffAreRefused() throws IOException {
        try (RawClient client = connect()) {
            assertThat(client.subscribe("a/+", 1)).isEqualTo(WILDCARDS_NOT_SUPPORTED);
            assertThat(client.subscribe("$share/g/a", 1)).isEqualTo(SHARED_NOT_SUPPORTED);
            client.send(Wire.packet(
                    Wire.SUBSCRIBE,
                    Wire.u16(9),
                    Wire.properties(Property.subscriptionIdentifier(1)),
                    Wire.text("a"),
                    Wire.u8(1)));

            client.assertDisconnected(IDENTIFIERS_NOT_SUPPORTED);
        }
    }

    @Test
    void closedTopicsAreNobodys() throws IOException {
        try (RawClient client = connect();
                RawClient old = connect(new Connect(MQTT_3_1_1, "old"))) {
            assertThat(client.subscribe("internal/x", 1)).isEqualTo(NOT_AUTHORIZED);
            assertThat(client.subscribe("internal", 1)).isEqualTo(NOT_AUTHORIZED);
            assertThat(client.subscribe("internals", 1)).isEqualTo(1);
            assertThat(old.subscribe("internal/x", 1)).isEqualTo(0x80);
            client.send(client.publication("factory/x", "x", 1, false, 1));
            assertThat(client.next(Wire.PUBACK).reasonCode()).isEqualTo(NOT_AUTHORIZED);
        }
    }

    @Test
    void nothingIsToldBelowSys() throws IOException {
        try (RawClient client = connect()) {
            client.subscribe("$SYS/broker/version", 1);
            assertThat(client.settled().hasKept(Wire.PUBLISH)).isFalse();
        }
    }
}
