package io.sluice.app.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What clients may do, by rules that change while they are connected, and by tokens that end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RulesIT {

    private static final String RULES = """
            authorization:
              - {deny: subscribe, topic: "site/secret/#"}
              - {allow: [publish, subscribe], topic: "site/#", group: operators}
              - {allow: [publish, subscribe], topic: "own/%u/#"}
            """;

    private static final String FEWER = """
            authorization:
              - {allow: [publish, subscribe], topic: "site/#", group: operators}
            """;

    private SecuredSluice sluice;
    private int names;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sluice = new SecuredSluice(folder, RULES);
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    @BeforeEach
    void rules() throws Exception {
        if (!java.nio.file.Files.readString(sluice.file("rules.yaml")).equals(RULES)) {
            sluice.awaitReload("success", () -> sluice.rules(RULES));
        }
    }

    private Mqtt5BlockingClient client(String listener, String user, String password) {
        return client(listener, user + "-" + names++, user, password);
    }

    private Mqtt5BlockingClient client(String listener, String id, String user, String password) {
        return MqttClient.builder()
                .useMqttVersion5()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(sluice.port(listener))
                .simpleAuth()
                .username(user)
                .password(password.getBytes(UTF_8))
                .applySimpleAuth()
                .buildBlocking();
    }

    @Test
    void whatIsNotAllowedIsRefusedAndTheRestGoesOn() throws Exception {
        Mqtt5BlockingClient bob = client("local", "bob", "bob's");
        bob.connect();
        double denied = sluice.metric("sluice.authorizations", "action", "publish", "outcome", "denied");

        assertThatThrownBy(() -> bob.publishWith()
                        .topic("site/a")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .send())
                .isInstanceOfSatisfying(Mqtt5PubAckException.class, refused -> assertThat(
                                refused.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED));
        assertThatThrownBy(() -> bob.subscribeWith().topicFilter("#").send()).isInstanceOf(Mqtt5SubAckException.class);
        assertThatThrownBy(() -> bob.subscribeWith().topicFilter("own/+/x").send())
                .isInstanceOf(Mqtt5SubAckException.class);
        bob.subscribeWith().topicFilter("own/bob/#").send();
        bob.publishWith().topic("own/bob/a").qos(MqttQos.EXACTLY_ONCE).send();
        bob.disconnect();

        assertThat(sluice.metric("sluice.authorizations", "action", "publish", "outcome", "denied"))
                .isEqualTo(denied + 1);
        Mqtt5BlockingClient alice = client("local", "alice", "alice's");
        alice.connect();
        assertThatThrownBy(() -> alice.subscribeWith().topicFilter("site/#").send())
                .as("wider than what is allowed: a part is denied")
                .isInstanceOf(Mqtt5SubAckException.class);
        alice.subscribeWith().topicFilter("site/public/#").send();
        alice.disconnect();
    }

    @Test
    void anMqtt3ClientThatCannotBeToldIsClosed() throws Exception {
        assertThat(Mosquitto.publish(sluice.port("local"), "site/a", "m", "-V", "mqttv311", "-u", "bob", "-P", "bob's")
                        .exitCode())
                .isNotZero();
    }

    @Test
    void rulesThatChangeEndSubscriptionsAndNothingElse() throws Exception {
        Mqtt5BlockingClient bob = client("local", "bob", "bob's");
        bob.connect();
        bob.subscribeWith().topicFilter("own/bob/#").qos(MqttQos.AT_LEAST_ONCE).send();
        Mqtt5BlockingClient alice = client("local", "alice", "alice's");
        alice.connect();
        alice.subscribeWith().topicFilter("site/a").qos(MqttQos.AT_LEAST_ONCE).send();
        try (Mqtt5Publishes received = alice.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
            double revoked = sluice.metric("sluice.subscriptions.revoked");

            sluice.awaitReload("success", () -> sluice.rules(FEWER));

            Awaitility.await().until(() -> sluice.metric("sluice.subscriptions.revoked") == revoked + 1);
            assertThatThrownBy(() -> bob.publishWith()
                            .topic("own/bob/a")
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .send())
                    .isInstanceOf(Mqtt5PubAckException.class);
            alice.publishWith()
                    .topic("site/a")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload("on".getBytes(UTF_8))
                    .send();
            assertThat(received.receive(30, TimeUnit.SECONDS)).isPresent();
        }
        bob.disconnect();
        alice.disconnect();
    }

    @Test
    void aSessionTakesUpOnlyWhatIsStillAllowed() throws Exception {
        Mqtt5BlockingClient bob = client("local", "sleeper", "bob", "bob's");
        bob.connectWith().cleanStart(true).sessionExpiryInterval(600).send();
        bob.subscribeWith().topicFilter("own/bob/#").qos(MqttQos.AT_LEAST_ONCE).send();
        bob.disconnect();
        Mqtt5BlockingClient other = client("local", "bob", "bob's");
        other.connect();
        other.publishWith().topic("own/bob/missed").qos(MqttQos.AT_LEAST_ONCE).send();
        other.disconnect();
        sluice.awaitReload("success", () -> sluice.rules(FEWER));
        double revoked = sluice.metric("sluice.subscriptions.revoked");

        Mqtt5BlockingClient back = client("local", "sleeper", "bob", "bob's");
        try (Mqtt5Publishes received = back.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(back.connectWith()
                            .cleanStart(false)
                            .sessionExpiryInterval(600)
                            .send()
                            .isSessionPresent())
                    .isTrue();
            assertThat(sluice.metric("sluice.subscriptions.revoked")).isEqualTo(revoked + 1);
            // What he may still do tells that what he missed does not come.
            assertThat(received.receiveNow()).isEmpty();
        }
        back.disconnectWith().sessionExpiryInterval(0).send();
    }

    @Test
    void aWillIsAskedForAtConnectAndWhenItIsDue() throws Exception {
        assertThatThrownBy(() -> client("local", "bob", "bob's")
                        .connectWith()
                        .willPublish()
                        .topic("site/will")
                        .applyWillPublish()
                        .send())
                .isInstanceOfSatisfying(Mqtt5ConnAckException.class, refused -> assertThat(
                                refused.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED));
        Mqtt5BlockingClient bob = client("local", "bob", "bob's");
        bob.connectWith()
                .willPublish()
                .topic("own/bob/will")
                .qos(MqttQos.AT_LEAST_ONCE)
                .applyWillPublish()
                .send();
        sluice.awaitReload("success", () -> sluice.rules(FEWER));
        double denied = sluice.metric("sluice.wills", "event", "denied");
        double published = sluice.metric("sluice.wills", "event", "published");

        bob.disconnectWith()
                .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
                .send();

        Awaitility.await().until(() -> sluice.metric("sluice.wills", "event", "denied") == denied + 1);
        assertThat(sluice.metric("sluice.wills", "event", "published")).isEqualTo(published);
    }

    @Test
    void aTokenSaysWhoItIsAndEndsTheConnectionWithItself() throws Exception {
        String long_ = sluice.tokens().token("frank", Duration.ofHours(1), "operators");
        assertThat(Mosquitto.publish(sluice.port("apps"), "site/token", "m", "-u", "x", "-P", long_))
                .isEqualTo(new Mosquitto(0, ""));
        assertThat(Mosquitto.publish(sluice.port("apps"), "own/frank/a", "m", "-u", "x", "-P", long_))
                .isEqualTo(new Mosquitto(0, ""));
        String another = sluice.tokens().token("frank", "another", Duration.ofHours(1));
        assertThat(Mosquitto.publish(sluice.port("apps"), "own/frank/a", "m", "-u", "x", "-P", another)
                        .exitCode())
                .isNotZero();

        // The leeway is a minute: a token that ended almost a minute ago is good for a moment yet.
        CompletableFuture<Throwable> gone = new CompletableFuture<>();
        Mqtt5BlockingClient shortly = MqttClient.builder()
                .useMqttVersion5()
                .identifier("shortly")
                .serverHost("127.0.0.1")
                .serverPort(sluice.port("apps"))
                .simpleAuth()
                .username("x")
                .password(
                        sluice.tokens().token("frank", Duration.ofSeconds(-56)).getBytes(UTF_8))
                .applySimpleAuth()
                .addDisconnectedListener(context -> gone.complete(context.getCause()))
                .buildBlocking();
        shortly.connect();
        assertThat(gone.get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(Mqtt5DisconnectException.class, cause -> assertThat(
                                cause.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5DisconnectReasonCode.NOT_AUTHORIZED));
        Awaitility.await()
                .until(() -> sluice.metric("sluice.connections.closed", "reason", "credentials_expired") == 1);
    }

    @Test
    void aServerOfTheSiteDecides() throws Exception {
        Mqtt5BlockingClient erin = client("asked", "erin", "nire");
        erin.connect();
        erin.publishWith().topic("own/erin/a").qos(MqttQos.AT_LEAST_ONCE).send();
        erin.disconnect();
        assertThatThrownBy(() -> client("asked", "erin", "wrong").connect()).isInstanceOf(Mqtt5ConnAckException.class);
        sluice.webhook().status(500);
        assertThatThrownBy(() -> client("asked", "erin", "nire").connect())
                .isInstanceOfSatisfying(Mqtt5ConnAckException.class, refused -> assertThat(
                                refused.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5ConnAckReasonCode.SERVER_UNAVAILABLE));
        sluice.webhook().status(200);
    }

    @Test
    void aChangeThatNeedsARestartChangesNothing() throws Exception {
        sluice.awaitReload("failure", () -> sluice.rules(RULES + "limits: {topic-levels: 5, look-ahead: 16KiB}\n"));

        Mqtt5BlockingClient bob = client("local", "bob", "bob's");
        bob.connect();
        // Not even what might have changed without it.
        bob.publishWith().topic("own/bob/1/2/3/4/5").qos(MqttQos.AT_LEAST_ONCE).send();
        bob.disconnect();
        assertThat(Set.of(0.0)).contains(sluice.metric("sluice.config.last.reload.successful"));
    }
}
