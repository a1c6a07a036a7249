package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of the two of a {@link DeviceExchange}: its session, and what it has received. */
final class DeviceParty {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChildSluice sluice;
    private final Supplier<String> bootstrapServers;
    private final String clientId;
    private final Connect connect;
    private final String topic;
    private final int qos;
    private @Nullable RawClient connection;
    private boolean known;
    private boolean accepted;
    // What it takes.
    private @Nullable ReceivedMessage taken;
    private boolean owed;
    private boolean hasLost;
    private boolean hasSaidReceived;
    private boolean mayHaveSeen;
    final List<String> executed = new ArrayList<>();
    /** What came while its connection ended. */
    List<ReceivedPacket> last = List.of();

    /**
     * @param topic what it subscribes to
     * @param qos of it
     */
    DeviceParty(
            ChildSluice sluice,
            Supplier<String> bootstrapServers,
            String clientId,
            Protocol protocol,
            String topic,
            int qos) {
        this.sluice = sluice;
        this.bootstrapServers = bootstrapServers;
        this.clientId = clientId;
        connect = new Connect(protocol, clientId).persistent();
        this.topic = topic;
        this.qos = qos;
    }

    RawClient connection() {
        if (connection == null) {
            throw new AssertionError(clientId + " is not connected");
        }
        return connection;
    }

    boolean isConnected() {
        return connection != null;
    }

    /** Sends CONNECT, if it has no connection; does not wait for the answer. */
    void knock() throws IOException {
        if (connection == null) {
            connection = sluice.open().speaks(connect.protocol()).send(connect.bytes());
            accepted = false;
        }
    }

    /** Is connected, with the session that it had. */
    RawClient come() throws IOException {
        knock();
        RawClient open = connection();
        if (!accepted) {
            ReceivedPacket connAck = open.next(Wire.CONNACK);
            assertThat(connAck.reasonCode()).as("CONNACK").isZero();
            assertThat(connAck.isSessionPresent()).as("session present").isEqualTo(known);
            known = true;
            accepted = true;
        }
        return open;
    }

    void subscribe() throws IOException {
        assertThat(come().subscribe(topic, qos)).isEqualTo(qos);
    }

    /** Its network breaks. */
    void leave() throws IOException {
        connection().breakOff();
        connection = null;
    }

    /** The server has ended the connection, if there was one; at SIGTERM it has said so as far as the version can. */
    void assertEnded(boolean isTold) throws IOException {
        RawClient open = connection;
        if (open == null) {
            return;
        }
        last = open.untilClosed();
        open.close();
        connection = null;
        hasLost = true;
        boolean isTold5 = isTold && connect.protocol() == Protocol.MQTT_5;
        List<ReceivedPacket> goodbyes =
                last.stream().filter(packet -> packet.type() == Wire.DISCONNECT).toList();
        assertThat(goodbyes).as("DISCONNECT of " + last).hasSize(isTold5 ? 1 : 0);
        if (isTold5) {
            assertThat(goodbyes.get(0).reasonCode()).isEqualTo(0x8B);
        }
    }

    /** What it takes next may have been on its way to it when its connection ended. */
    void mayHaveSeen() {
        mayHaveSeen = true;
    }

    /** Gets the message for the first time, and acknowledges it or still owes it. */
    ReceivedMessage take(boolean isAcknowledged) throws IOException {
        ReceivedMessage message = come().unacknowledged();
        assertThat(message.topic()).isEqualTo(topic);
        assertThat(message.qos()).isEqualTo(qos);
        if (!mayHaveSeen) {
            assertThat(message.dup())
                    .as("DUP of what is sent for the first time")
                    .isFalse();
        }
        executed.add(message.payload());
        taken = message;
        owed = !isAcknowledged;
        hasLost = false;
        hasSaidReceived = false;
        if (isAcknowledged) {
            acknowledge(message);
        }
        return message;
    }

    /** What it has got last. */
    ReceivedMessage taken() {
        if (taken == null) {
            throw new AssertionError(clientId + " has taken nothing");
        }
        return taken;
    }

    private void acknowledge(ReceivedMessage message) throws IOException {
        if (message.qos() == 1) {
            connection().send(Wire.answer(Wire.PUBACK, message.packetId()));
            return;
        }
        if (!hasSaidReceived) {
            connection().send(Wire.answer(Wire.PUBREC, message.packetId()));
        }
        connection().assertAnswered(Wire.PUBREL, message.packetId());
        connection().send(Wire.answer(Wire.PUBCOMP, message.packetId()));
    }

    /** The window is written behind; what it knows comes again with its packet id. */
    void awaitWindowInKafka() {
        if (owed && qos == 1) {
            await().atMost(PATIENCE)
                    .until(() ->
                            SessionRecordsInKafka.hasInFlight(bootstrapServers.get(), clientId, taken().packetId()));
        }
    }

    /** While Kafka is away: PUBREC is heard, and not answered, as that it has come cannot be made durable. */
    void acknowledgeInVain() throws IOException {
        if (isConnected() && owed && qos == 2) {
            hasSaidReceived = true;
            connection().send(Wire.answer(Wire.PUBREC, taken().packetId())).settled();
            assertThat(connection().hasKept(Wire.PUBREL))
                    .as("PUBREL without Kafka")
                    .isFalse();
        }
    }

    /** What was owed comes again, if the connection is another, with its packet id; and is acknowledged. */
    void finishTaking() throws IOException {
        if (!owed) {
            return;
        }
        owed = false;
        ReceivedMessage before = taken();
        if (hasLost) {
            ReceivedMessage again = come().unacknowledged();
            assertThat(again.dup()).as("DUP").isTrue();
            assertThat(again.packetId()).as("packet id").isEqualTo(before.packetId());
            assertThat(again.payload()).isEqualTo(before.payload());
            if (qos == 1) {
                executed.add(again.payload());
            }
        }
        acknowledge(before);
    }

    /** Nothing has come that was not taken, at QoS 1 perhaps copies of what was. */
    void assertNothingMore(List<String> payloads) {
        if (qos == 2) {
            assertThat(payloads).as("received by " + clientId).isEmpty();
            assertThat(executed).as("received by " + clientId).hasSize(1);
        } else {
            assertThat(payloads).as("received by " + clientId).allMatch(executed::contains);
        }
    }

    void close() throws IOException {
        RawClient open = connection;
        if (open != null) {
            open.close();
        }
    }
}
