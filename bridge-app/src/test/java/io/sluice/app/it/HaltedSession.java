package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.util.List;

/** A client whose server halts while its session changes: CONNECT with clean start, SUBSCRIBE, UNSUBSCRIBE. */
final class HaltedSession {

    private static final String CLIENT = "client";

    private HaltedSession() {}

    static void discarding(HaltCase at) throws Exception {
        at.subscribe(CLIENT, at.topic(), 1);
        at.arm();
        try (RawClient client = at.open()) {
            client.send(at.cleanStart(CLIENT));

            assertThat(HaltCase.untilClosed(client)).as("answers").isEmpty();

            at.awaitHalt();
        }
        boolean isDiscarded = at.point() == Failpoint.CON_2;
        try (RawClient client = at.resume(CLIENT)) {
            assertThat(client.connAck().isSessionPresent())
                    .as("session present")
                    .isEqualTo(!isDiscarded || at.isMqtt5());
            at.publish(at.topic(), 1, "a");
            assertThat(before(at, client)).isEqualTo(isDiscarded ? List.of() : List.of("a"));
        }
    }

    /** What comes before what is published now. */
    private static List<String> before(HaltCase at, RawClient client) throws IOException {
        String end = at.topic() + "/end";
        client.subscribe(end, 1);
        at.publish(end, 1, "end");
        return client.payloadsUntil("end");
    }

    static void subscribing(HaltCase at) throws Exception {
        try (RawClient client = at.resume(CLIENT)) {
            at.arm();
            client.send(Wire.subscribe(at.protocol(), 3, at.topic(), 1));

            assertThat(HaltCase.untilClosed(client)).as("answers").isEmpty();

            at.awaitHalt();
        }
        try (RawClient client = at.resumePresent(CLIENT)) {
            at.publish(at.topic(), 1, "a");
            assertThat(client.subscribe(at.topic(), 1)).isEqualTo(1);
            at.publish(at.topic(), 1, "end");
            assertThat(client.payloadsUntil("end")).isEqualTo(at.point() == Failpoint.SUB_1 ? List.of() : List.of("a"));
        }
    }

    static void unsubscribing(HaltCase at) throws Exception {
        at.publish(at.topic(), 1, "before");
        at.subscribe(CLIENT, at.topic(), 1);
        try (RawClient client = at.resumePresent(CLIENT)) {
            at.arm();
            client.send(Wire.packet(
                    Wire.UNSUBSCRIBE, Wire.u16(3), Wire.noProperties(at.protocol()), Wire.text(at.topic())));

            assertThat(HaltCase.untilClosed(client)).as("answers").isEmpty();

            at.awaitHalt();
        }
        boolean isGone = at.point() == Failpoint.UNS_2;
        if (isGone) {
            // Whatever of it is in Kafka must be a session that was: a subscription without its cursor would begin
            // anew.
            List<String> written = SessionRecordsInKafka.kinds(at.bootstrapServers(), at.clientIdOf(CLIENT));
            assertThat(written.subList(written.lastIndexOf("c") + 1, written.size()))
                    .containsSubsequence("session", "-c");
        }
        try (RawClient client = at.resumePresent(CLIENT)) {
            at.publish(at.topic(), 1, "a");
            if (!isGone) {
                assertThat(client.message().payload()).isEqualTo("a");
            }
            ReceivedPacket answer = client.unsubscribe(at.topic());
            if (at.isMqtt5()) {
                assertThat(answer.codes()).containsExactly(isGone ? 0x11 : 0);
            }
            at.publish(at.topic(), 1, "b");
            assertThat(before(at, client)).isEmpty();
        }
    }
}
