package io.sluice.app.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import io.sluice.app.it.ChildSluice;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Who is held, by what, and for how long: while Kafka takes nothing, and while a client reads nothing. */
@TestInstance(Lifecycle.PER_CLASS)
@Tag("alone")
final class HoldIT {

    private static final String KAFKA_CLOSED = "kafka";
    private static final String LARGE = "x".repeat(2_000);
    /** So many of these are more than the kernel's buffers take when they have grown. */
    private static final String FILLING = "x".repeat(200_000);

    private static final int FILLING_MESSAGES = 40;
    private static final int SECONDS_LATER = 5;
    /** More than a third of the gate, and less than that and a third of the look-ahead. */
    private static final int MESSAGES = 200;

    /** For what must not come. */
    private static final Duration SOON = Duration.ofSeconds(1);
    /** More than one and a half of the clients' keep-alives, and less than they are held. */
    private static final Duration EXPIRED = Duration.ofSeconds(7);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @SuppressWarnings("NullAway.Init")
    private HangingProxy proxy;

    @SuppressWarnings("NullAway.Init")
    private EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private Sluice sluice;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        int kafkaPort = ChildSluice.freePort();
        proxy = new HangingProxy(kafkaPort);
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(
                folder.resolve("kafka"),
                kafkaPort,
                Map.of("advertised.listeners", "PLAINTEXT://127.0.0.1:" + proxy.port())));
        kafka.start();
        Path file = folder.resolve("sluice.yaml");
        Files.writeString(file, """
                listeners:
                  mqtt: {type: tcp, bind: "127.0.0.1:0"}
                management: {bind: "127.0.0.1:0"}
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                limits: {inflight-bytes: 1MiB, look-ahead: 4KiB, hold-timeout: 12s}
                mqtt: {receive-maximum: %d, connect-timeout: 1s}
                drain: {delay: 0s}
                """.formatted(proxy.port(), MESSAGES));
        ConfigSources sources = new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable());
    }

    @AfterAll
    void stop() throws IOException {
        proxy.hang(false);
        sluice.close();
        kafka.close();
        proxy.close();
    }

    private double metric(String name, String label, String value) {
        return sluice.registry().get(name).tag(label, value).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    /** Whoever stops by itself is read on; who does not is not read, and not forgotten either. */
    @Test
    void anMqtt5ClientIsHeldByItsReceiveMaximumAndAnMqtt3ClientByItsSocketForALimitedTime() throws Exception {
        try (PingingClient five = PingingClient.mqtt5("five", sluice.port("mqtt"));
                PingingClient three = PingingClient.mqtt3("three", sluice.port("mqtt"))) {
            five.publish();
            await().pollInSameThread().until(() -> {
                five.ping();
                return five.unacknowledged() == 0;
            });
            proxy.hang(true);
            for (int i = 0; i < MESSAGES; i++) {
                five.publish(LARGE);
            }
            for (int i = 0; i < MESSAGES; i++) {
                three.publish(LARGE);
            }
            await().untilAsserted(() -> assertThat(metric("sluice.connections.paused", "reason", "ingress"))
                    .isEqualTo(1));

            assertThat(five.isPingAnswered(PATIENCE))
                    .as("the MQTT 5 client is read")
                    .isTrue();
            assertThat(five.unacknowledged()).isEqualTo(MESSAGES);
            assertThat(three.isPingAnswered(SOON))
                    .as("the MQTT 3 client is read")
                    .isFalse();
            assertThat(isClosedWhilePinging(three, five, EXPIRED)).isFalse();
            assertThat(isClosedWhilePinging(three, five, PATIENCE))
                    .as("held for too long")
                    .isTrue();
            assertThat(metric("sluice.connections.closed", "reason", KAFKA_CLOSED))
                    .isEqualTo(1);
            assertThat(metric("sluice.connections.paused", "reason", "ingress")).isZero();
            assertThat(five.isPingAnswered(PATIENCE)).isTrue();

            proxy.hang(false);
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                five.ping();
                return five.unacknowledged() == 0;
            });
            assertThat(metric("sluice.connections.closed", "reason", "keepalive"))
                    .isZero();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(sluice.registry()
                            .get("sluice.ingress.inflight.bytes")
                            .gauge()
                            .value())
                    .isZero());
        }
    }

    private static boolean isClosedWhilePinging(PingingClient held, PingingClient other, Duration within)
            throws IOException {
        long until = System.nanoTime() + within.toNanos();
        while (System.nanoTime() - until < 0) {
            other.ping();
            if (held.isClosed(Duration.ofMillis(200))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aClientThatReadsNothingIsNotKeptForEver() throws Exception {
        try (Socket subscriber = new Socket();
                PingingClient publisher = PingingClient.mqtt5("publisher", sluice.port("mqtt"))) {
            subscriber.setReceiveBufferSize(4_096);
            subscriber.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port("mqtt")));
            subscriber.getOutputStream().write(new byte[] {
                0x10,
                13,
                0,
                4,
                'M',
                'Q',
                'T',
                'T',
                4,
                2,
                0,
                5,
                0,
                1,
                's', // keep-alive 5 s: less than it is held, and more than it takes to fill the kernel's buffers
                (byte) 0x82,
                13,
                0,
                1,
                0,
                8,
                'o',
                'u',
                't',
                'a',
                'g',
                'e',
                '/',
                '#',
                0
            });
            // The kernel's buffers grow: it must be kept full.
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                for (int i = 0; i < FILLING_MESSAGES; i++) {
                    publisher.publish(FILLING);
                }
                while (publisher.unacknowledged() > 0) {
                    publisher.ping();
                }
                return metric("sluice.connections.closed", "reason", "not_reading") == 1;
            });

            assertThat(metric("sluice.connections.paused", "reason", "outbound"))
                    .isZero();
            assertThat(metric("sluice.connections.closed", "reason", "keepalive"))
                    .isZero();
        }
    }

    /** The time for CONNECT is the client's; for how long its answer takes, it is held as anybody else. */
    @Test
    void aConnectWaitsForItsSessionLongerThanAClientMayTakeToSendIt() throws Exception {
        try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), sluice.port("mqtt"))) {
            proxy.hang(true);
            waiting.getOutputStream().write(persistentConnect('w'));
            waiting.setSoTimeout((int) PATIENCE.toMillis());
            for (int second = 0; second < SECONDS_LATER; second++) {
                assertSentAwayInSilence();
            }
            // The waiting one's second is over too. This one comes later, so that Kafka is back before its time is up.
            try (Socket fresh = new Socket(InetAddress.getLoopbackAddress(), sluice.port("mqtt"))) {
                fresh.getOutputStream().write(persistentConnect('f'));
                fresh.setSoTimeout((int) PATIENCE.toMillis());

                assertThat(connAckReason(waiting))
                        .as("held for as long as anybody is")
                        .isEqualTo(0x88);
                proxy.hang(false);
                assertThat(connAckReason(fresh)).as("answered at last").isZero();
            }
        } finally {
            proxy.hang(false);
        }
    }

    /** Takes a second. */
    private void assertSentAwayInSilence() throws IOException {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), sluice.port("mqtt"))) {
            silent.setSoTimeout((int) PATIENCE.toMillis());
            assertThat(silent.getInputStream().read())
                    .as("closed: it has sent no CONNECT")
                    .isEqualTo(-1);
        }
    }

    /** MQTT 5, Clean Start, Session Expiry Interval 60 s. */
    private static byte[] persistentConnect(char clientId) {
        return new byte[] {0x10, 19, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 5, 0x11, 0, 0, 0, 60, 0, 1, (byte) clientId};
    }

    private static int connAckReason(Socket socket) throws IOException {
        byte[] head = socket.getInputStream().readNBytes(4);
        assertThat(head).as("a CONNACK").hasSize(4);
        assertThat(head[0]).isEqualTo((byte) 0x20);
        return head[3] & 0xFF;
    }
}
