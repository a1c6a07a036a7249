package io.sluice.app.it;

import static io.sluice.app.it.LiveSluice.REST;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Limits and rules that change while clients are connected, publish and wait. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LiveConfigIT {

    private static final String PLANT = "{name: plant, filter: \"plant/#\", topic: \"plant\"}";

    private LiveSluice sluice;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        sluice = new LiveSluice(folder);
    }

    @AfterEach
    void restore() throws IOException {
        sluice.change("", REST);
    }

    @AfterAll
    void stop() {
        sluice.close();
    }

    private RawClient open(String clientId) throws IOException {
        RawClient client = new RawClient(sluice.port("mqtt"));
        return client.connect(new Connect(Protocol.MQTT_5, clientId));
    }

    private RawClient persistent(String clientId) throws IOException {
        RawClient client = new RawClient(sluice.port("mqtt"));
        return client.connect(new Connect(Protocol.MQTT_5, clientId).persistent());
    }

    private RawClient from(String address) throws IOException {
        RawClient client = new RawClient(sluice.port("proxied"));
        client.send(("PROXY TCP4 " + address + " 127.0.0.1 4711 1883\r\n").getBytes(US_ASCII));
        return client;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    private static void publish(RawClient client, String topic, List<String> payloads) throws IOException {
        for (String payload : payloads) {
            client.publish(topic, payload, 1, false);
        }
    }

    private static List<String> receive(RawClient client, int messages) throws IOException {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            payloads.add(client.message().payload());
        }
        return payloads;
    }

    @Test
    void anAddressHasSoManyConnections() throws IOException {
        sluice.change("connections-per-address: 2", REST);
        double refused = sluice.metric("sluice.connects.rejected", "reason", "address_limit");

        try (RawClient first = from("192.0.2.1").connect(new Connect(Protocol.MQTT_5, "a1"));
                RawClient second = from("192.0.2.1").connect(new Connect(Protocol.MQTT_5, "a2"));
                RawClient third = from("192.0.2.1");
                RawClient other = from("192.0.2.2").connect(new Connect(Protocol.MQTT_5, "a3"))) {
            third.assertClosed();
            assertThat(sluice.metric("sluice.connects.rejected", "reason", "address_limit"))
                    .isEqualTo(refused + 1);
            assertThat(sluice.metric("sluice.connections.per.address")).isEqualTo(2);
            assertThat(other.isAlive()).isTrue();

            sluice.change("connections-per-address: 3", REST);

            try (RawClient fourth = from("192.0.2.1").connect(new Connect(Protocol.MQTT_5, "a4"))) {
                assertThat(first.isAlive() && second.isAlive() && fourth.isAlive())
                        .isTrue();
            }
        }
    }

    @Test
    void theMachineItselfHasNoSuchLimit() throws IOException {
        sluice.change("connections-per-address: 1", REST);

        try (RawClient one = open("m1");
                RawClient two = open("m2")) {
            assertThat(one.isAlive() && two.isAlive()).isTrue();
        }
    }

    @Test
    void whoComesTooFastWaitsAndIsNotRefused() throws IOException {
        sluice.change("connect-rate: 5/s", REST);
        List<RawClient> clients = new ArrayList<>();
        long start = System.nanoTime();

        for (int i = 0; i < 12; i++) {
            clients.add(open("fast" + i));
        }

        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(800));
        assertThat(sluice.metric("sluice.connect.rate.pauses", "listener", "mqtt"))
                .isPositive();
        assertThat(sluice.metric("sluice.connect.rate.limit", "listener", "mqtt"))
                .isEqualTo(5);
        for (RawClient client : clients) {
            assertThat(client.isAlive()).isTrue();
            client.close();
        }
    }

    @Test
    void whoPublishesTooFastIsReadMoreSlowlyAndLosesNothing() throws IOException {
        sluice.change("per-client: {messages: 40/s}", REST);
        double slowed = sluice.metric("sluice.publishers.slowed", "listener", "mqtt");
        try (RawClient client = open("chatty")) {
            client.subscribe("chat/#", 1);
            long start = System.nanoTime();

            publish(client, "chat/a", numbers(1, 100));

            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_200));
            assertThat(receive(client, 100)).isEqualTo(numbers(1, 100));
            assertThat(sluice.metric("sluice.publishers.slowed", "listener", "mqtt"))
                    .isGreaterThan(slowed);
        }
    }

    @Test
    void whatCannotChangeIsNamedAndNothingOfTheChangeIsInForce() throws IOException {
        double before = sluice.metric("sluice.connections.per.address.limit");

        sluice.changeInVain("inflight-bytes: 32MiB, connections-per-address: 77", REST);

        assertThat(sluice.metric("sluice.config.last.reload.successful")).isZero();
        assertThat(sluice.metric("sluice.connections.per.address.limit")).isEqualTo(before);
    }

    private HttpResponse<String> reload() throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + sluice.managementPort() + "/api/v1/config/reload");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(address)
                                .POST(BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void aPostAnswersWhenTheFileIsInForceAndWithTheReasonWhenItCannotBe() throws Exception {
        sluice.write("connections-per-address: 55", REST);
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(sluice.metric("sluice.connections.per.address.limit")).isEqualTo(55);

        sluice.write("inflight-bytes: 32MiB", REST);
        HttpResponse<String> refused = reload();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("needs a restart: limits.inflight-bytes");
    }

    @Test
    void rulesThatAreWrongLeaveThoseOfBeforeInForce() throws IOException {
        sluice.changeInVain("", "{name: broken, filter: \"a/{x}/#\", topic: \"t.{y}\"}");

        assertThat(sluice.metric("sluice.config.last.reload.successful")).isZero();
        try (RawClient client = open("old-rules")) {
            client.subscribe("broken/#", 1);
            client.publish("broken/a", "still there", 1, false);
            assertThat(client.message().payload()).isEqualTo("still there");
        }
    }

    @Test
    void whatWasWrittenByTheRulesOfBeforeReachesThoseWhoAreAway() throws IOException {
        persistent("away").subscribe("plant/#", 1);
        try (RawClient live = open("here");
                RawClient publisher = open("plant-publisher")) {
            live.subscribe("plant/#", 1);
            RawClient away = persistent("away");
            away.disconnect();
            publish(publisher, "plant/a", numbers(1, 10));

            sluice.change("", PLANT + ", " + REST);
            publish(publisher, "plant/a", numbers(11, 20));

            assertThat(receive(live, 20)).isEqualTo(numbers(1, 20));
        }
        try (RawClient back = persistent("away")) {
            List<String> all = receive(back, 20);
            assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(1, 20));
            assertThat(all).containsSubsequence(numbers(1, 10)).containsSubsequence(numbers(11, 20));
        }
    }

    @Test
    void aRetainedMessageByOtherRulesReplacesTheOneOfBefore() throws IOException {
        try (RawClient publisher = open("retaining")) {
            publish(publisher, "plant/retained", numbers(1, 5));
            publisher.publish("plant/retained", "old", 1, true);

            sluice.change("", "{name: other, filter: \"plant/retained\", topic: \"plant-retained\"}, " + REST);
            publisher.publish("plant/retained", "new", 1, true);
        }
        try (RawClient late = open("late")) {
            late.subscribe("plant/retained", 1);
            assertThat(late.message().payload()).isEqualTo("new");
            // Other tests subscribe to all below it.
            late.publish("plant/retained", "", 1, true);
        }
    }

    @Test
    void nothingIsLostWhileRulesChangeAgainAndAgain() throws IOException {
        int messages = 1_500;
        try (RawClient publisher = open("restless");
                RawClient subscriber = open("patient")) {
            subscriber.subscribe("plant/#", 1);

            for (int i = 1; i <= messages; i++) {
                publisher.send(publisher.publication("plant/b", Integer.toString(i), 1, false, i));
                if (i % 300 == 0) {
                    // While the last ones are still on their way.
                    sluice.change("", i % 600 == 0 ? REST : PLANT + ", " + REST);
                }
                if (i % 100 == 0) {
                    for (int id = i - 99; id <= i; id++) {
                        publisher.assertAnswered(Wire.PUBACK, id);
                    }
                }
            }

            assertThat(new TreeSet<>(receive(subscriber, messages))).hasSize(messages);
        }
        assertThat(sluice.metric("sluice.bugs")).isZero();
    }

    @Test
    void whatNoRuleNamesAnyMoreIsRefused() throws IOException {
        try (RawClient client = open("nowhere")) {
            sluice.change("", PLANT);

            client.send(client.publication("elsewhere/a", "x", 1, false, 7));

            assertThat(client.next(Wire.PUBACK).reasonCode()).isEqualTo(0x90);
        }
    }
}
