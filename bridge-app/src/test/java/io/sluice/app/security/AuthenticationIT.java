package io.sluice.app.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import io.sluice.mqtt.spec.Conforms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One server, local clients by password and remote ones by certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AuthenticationIT {

    private static final int NOT_ALLOWED_3 = 5;
    private static final int BAD_PASSWORD_3 = 4;

    private SecuredSluice sluice;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sluice = new SecuredSluice(folder, "");
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    private String[] certificate(String name) {
        return new String[] {
            "--cafile", sluice.file("ca.crt").toString(),
            "--cert", sluice.file(name + ".crt").toString(),
            "--key", sluice.file(name + ".key").toString()
        };
    }

    @Test
    @Conforms(mqtt5 = "4.2-1", mqtt3 = "7.1.1-1")
    void localClientsByPasswordAndRemoteOnesByCertificateExchangeMessages() throws Exception {
        sluice.client("device-1");
        Process remote = Mosquitto.subscriber(sluice.port("remote"), "site/to-device", certificate("device-1"));
        Process local = Mosquitto.subscriber(sluice.port("local"), "site/from-device", "-u", "alice", "-P", "alice's");
        awaitSubscriptions(2);

        assertThat(Mosquitto.publish(sluice.port("local"), "site/to-device", "reboot", "-u", "alice", "-P", "alice's"))
                .isEqualTo(new Mosquitto(0, ""));
        assertThat(Mosquitto.publish(sluice.port("remote"), "site/from-device", "21.5", certificate("device-1")))
                .isEqualTo(new Mosquitto(0, ""));

        assertThat(Mosquitto.of(remote)).isEqualTo(new Mosquitto(0, "site/to-device reboot\n"));
        assertThat(Mosquitto.of(local)).isEqualTo(new Mosquitto(0, "site/from-device 21.5\n"));
    }

    private void awaitSubscriptions(int count) {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> sluice.metric("sluice.subscriptions") >= count);
    }

    @Test
    void aWrongPasswordIsRefusedInEveryVersion() throws Exception {
        for (String version : List.of("mqttv31", "mqttv311")) {
            assertThat(Mosquitto.publish(sluice.port("local"), "t", "m", "-V", version, "-u", "alice", "-P", "bob's")
                            .exitCode())
                    .as(version)
                    .isEqualTo(BAD_PASSWORD_3);
        }
        assertThat(Mosquitto.publish(sluice.port("local"), "t", "m", "-V", "mqttv5", "-u", "alice", "-P", "bob's")
                        .output())
                .containsIgnoringCase("bad user name or password");
        assertThat(Mosquitto.publish(sluice.port("local"), "t", "m", "-u", "nobody", "-P", "x")
                        .exitCode())
                .isEqualTo(BAD_PASSWORD_3);
        assertThat(Mosquitto.publish(sluice.port("local"), "t", "m", "-u", "alice")
                        .exitCode())
                .isIn(BAD_PASSWORD_3, NOT_ALLOWED_3);
        assertThat(Mosquitto.publish(sluice.port("local"), "t", "m").exitCode()).isIn(BAD_PASSWORD_3, NOT_ALLOWED_3);
    }

    @Test
    void withoutACertificateOfOursNobodyComesIn() throws Exception {
        String ca = sluice.file("ca.crt").toString();
        assertThat(Mosquitto.publish(sluice.port("remote"), "t", "m", "--cafile", ca)
                        .exitCode())
                .isNotZero();
        new TestAuthority("Site").client("stranger").write(sluice.file("stranger.crt"), sluice.file("stranger.key"));
        assertThat(Mosquitto.publish(sluice.port("remote"), "t", "m", certificate("stranger"))
                        .exitCode())
                .isNotZero();
        assertThat(Mosquitto.publish(sluice.port("remote"), "t", "m", "-u", "alice", "-P", "alice's")
                        .exitCode())
                .isNotZero();
        // A name that would be a wildcard in a rule.
        sluice.client("+");
        assertThat(Mosquitto.publish(sluice.port("remote"), "t", "m", certificate("+"))
                        .exitCode())
                .isEqualTo(NOT_ALLOWED_3);
    }

    @Test
    void aPasswordMayBeProvedWithoutBeingSent() throws Exception {
        ScramUser.put(sluice, "carol", "pencil");
        sluice.awaitReload("success", () -> ScramUser.put(sluice, "carol", "pencil"));

        Mqtt5BlockingClient right = scram("carol", "pencil");
        right.connect();
        assertThat(right.getConfig().getEnhancedAuthMechanism()).isPresent();
        right.reauth();
        right.disconnect();

        assertThatThrownBy(() -> scram("carol", "pen").connect())
                .isInstanceOfSatisfying(Mqtt5ConnAckException.class, refused -> assertThat(
                                refused.getMqttMessage().getReasonCode())
                        .isIn(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED, Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
        assertThatThrownBy(() -> scram("nobody", "pencil").connect()).isInstanceOf(Mqtt5ConnAckException.class);
    }

    private Mqtt5BlockingClient scram(String user, String password) {
        return MqttClient.builder()
                .useMqttVersion5()
                .identifier("scram-" + user + "-" + password)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("local"))
                .enhancedAuth(new ScramUser(user, password))
                .buildBlocking();
    }

    private Mqtt5BlockingClient client(String listener, String id, @Nullable Issued certificate) {
        var builder = MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("localhost")
                .serverPort(sluice.port(listener));
        if (certificate != null) {
            builder = builder.sslConfig()
                    .keyManagerFactory(sluice.authority().keyManagers(certificate))
                    .trustManagerFactory(sluice.authority().trustManagers())
                    .applySslConfig();
        }
        return builder.buildBlocking();
    }

    @Test
    void whoIsRemovedFromTheFileIsGone() throws Exception {
        sluice.awaitReload("success", () -> sluice.user("dave", "dave's", Set.of()));
        CompletableFuture<Throwable> gone = new CompletableFuture<>();
        Mqtt5BlockingClient dave = MqttClient.builder()
                .useMqttVersion5()
                .identifier("dave")
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("local"))
                .simpleAuth()
                .username("dave")
                .password("dave's".getBytes(UTF_8))
                .applySimpleAuth()
                .addDisconnectedListener(context -> gone.complete(context.getCause()))
                .buildBlocking();
        dave.connect();

        sluice.awaitReload("success", () -> sluice.editor().remove("dave"));

        assertThat(gone.get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(Mqtt5DisconnectException.class, cause -> assertThat(
                                cause.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5DisconnectReasonCode.NOT_AUTHORIZED));
        assertThatThrownBy(dave::connect).isInstanceOf(Mqtt5ConnAckException.class);
    }

    @Test
    void aFileThatIsWrongChangesNothing() throws Exception {
        String before = java.nio.file.Files.readString(sluice.file("users"));

        sluice.awaitReload("failure", () -> java.nio.file.Files.writeString(sluice.file("users"), before + "\n\n"));

        assertThat(sluice.metric("sluice.config.last.reload.successful")).isZero();
        assertThat(Mosquitto.publish(sluice.port("local"), "t", "m", "-u", "alice", "-P", "alice's")
                        .exitCode())
                .isZero();

        sluice.awaitReload("success", () -> java.nio.file.Files.writeString(sluice.file("users"), before));
        assertThat(sluice.metric("sluice.config.last.reload.successful")).isEqualTo(1);
    }

    @Test
    void certificatesAreReplacedUnderAThousandConnections() throws Exception {
        SSLContext device = sluice.authority().clientContext(sluice.client("fleet"));
        List<SSLSocket> connections = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            connections.add(connect(device, "fleet-" + i));
        }
        double expiry = sluice.metric("sluice.tls.certificate.expiry.timestamp.seconds", "listener", "remote");

        sluice.awaitReload("success", sluice::renewServer);

        assertThat(sluice.metric("sluice.tls.certificate.expiry.timestamp.seconds", "listener", "remote"))
                .isGreaterThan(expiry);
        for (SSLSocket connection : connections) {
            connection.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
        }
        for (SSLSocket connection : connections) {
            assertThat(connection.getInputStream().readNBytes(2)).containsExactly(0xD0, 0);
            connection.close();
        }
        connect(device, "after").close();
    }

    /** A connection of an MQTT 3.1.1 client with this id, accepted. */
    private SSLSocket connect(SSLContext context, String clientId) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), sluice.port("remote"));
        socket.setSoTimeout(30_000);
        // Otherwise CONNECT waits for the acknowledgement of the handshake's end, which the kernel delays.
        socket.setTcpNoDelay(true);
        byte[] id = clientId.getBytes(UTF_8);
        ByteBuffer connect = ByteBuffer.allocate(14 + id.length);
        connect.put(
                new byte[] {0x10, (byte) (12 + id.length), 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, (byte) id.length});
        connect.put(id);
        socket.getOutputStream().write(connect.array());
        assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
        return socket;
    }

    @Test
    void aRevokedCertificateIsRefused() throws Exception {
        Issued lost = sluice.client("lost");
        Mqtt5BlockingClient client = client("remote", "lost", lost);
        client.connect();
        client.disconnect();

        sluice.awaitReload(
                "success", () -> sluice.authority().writeRevocations(sluice.file("crl.pem"), SecuredSluice.YEAR, lost));

        assertThatThrownBy(client::connect)
                .isInstanceOfAny(ConnectionFailedException.class, ConnectionClosedException.class);
    }

    @Test
    void behindAProxyTheClientIsWhoTheHeaderSays() throws Exception {
        double refused = sluice.metric("sluice.connects.rejected", "reason", "proxy_protocol");
        try (Socket without = new Socket(InetAddress.getLoopbackAddress(), sluice.port("proxied"))) {
            without.setSoTimeout(30_000);
            without.getOutputStream().write(new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 10, 0, 1, 'c'});
            assertThat(without.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(sluice.metric("sluice.connects.rejected", "reason", "proxy_protocol"))
                .isEqualTo(refused + 1);
        try (Socket with = new Socket(InetAddress.getLoopbackAddress(), sluice.port("proxied"))) {
            with.setSoTimeout(30_000);
            with.getOutputStream().write("PROXY TCP4 192.0.2.7 127.0.0.1 4711 1883\r\n".getBytes(UTF_8));
            // CONNECT of MQTT 3.1.1 with a user name and a password.
            byte[] connect = {
                0x10,
                30,
                0,
                4,
                'M',
                'Q',
                'T',
                'T',
                4,
                (byte) 0xC2,
                0,
                10,
                0,
                1,
                'p',
                0,
                5,
                'a',
                'l',
                'i',
                'c',
                'e',
                0,
                8,
                'a',
                'l',
                'i',
                'c',
                'e',
                '\'',
                's',
                '!'
            };
            connect[1] = (byte) (connect.length - 2);
            with.getOutputStream().write(connect);
            assertThat(with.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, BAD_PASSWORD_3);
        }
    }
}
