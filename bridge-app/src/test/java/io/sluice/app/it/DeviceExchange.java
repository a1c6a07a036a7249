package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A client, a controller, and a command and its reply between them. Scripted: each step is a method. */
final class DeviceExchange {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int COMMAND_ID = 700;
    private static final byte[] CORRELATION = {0, 1, (byte) 0xFE, 'c'};
    private static final int REPLY_EXPIRY_SECONDS = 600;

    private final Supplier<String> bootstrapServers;
    private final Protocol protocol;
    private final int qos;
    private final boolean prompt;
    private final String name = "exchange-" + NUMBERS.incrementAndGet();
    private final String commands = name + "/command";
    private final String replies = name + "/reply";
    private final DeviceParty client;
    private final DeviceParty controller;
    // Step 2, when the stop comes into it.
    private boolean commandSent;
    private boolean commandSaved;
    private int commandCopies;
    // Step 6, the same.
    private boolean unsubscribeLost;
    private boolean unsubscribeOwed;

    /**
     * @param prompt whether the parties answer before the stop comes, or owe the answer
     */
    DeviceExchange(ChildSluice sluice, Supplier<String> bootstrapServers, Protocol protocol, int qos, boolean prompt) {
        this.bootstrapServers = bootstrapServers;
        this.protocol = protocol;
        this.qos = qos;
        this.prompt = prompt;
        client = new DeviceParty(sluice, bootstrapServers, name + "-client", protocol, replies, qos);
        controller = new DeviceParty(sluice, bootstrapServers, name + "-controller", protocol, commands, qos);
    }

    boolean isPrompt() {
        return prompt;
    }

    DeviceParty client() {
        return client;
    }

    DeviceParty controller() {
        return controller;
    }

    // ---- 1: subscribe ---------------------------------------------------------------------------------------------

    void subscribe() throws IOException {
        controller.subscribe();
        client.subscribe();
    }

    // ---- 2: publish the command -----------------------------------------------------------------------------------

    void publish() throws IOException {
        sendCommand(false);
        finishCommand();
    }

    private void sendCommand(boolean isAgain) throws IOException {
        byte[] packet = client.connection()
                .publication(
                        commands,
                        "do",
                        qos,
                        false,
                        COMMAND_ID,
                        of5(Property.responseTopic(replies), Property.correlationData(CORRELATION)));
        if (isAgain) {
            packet[0] |= 0x08;
        }
        client.connection().send(packet);
        commandSent = true;
        commandCopies++;
    }

    private byte[][] of5(byte[]... properties) {
        return protocol == Protocol.MQTT_5 ? properties : new byte[0][];
    }

    private void finishCommand() throws IOException {
        if (qos == 1) {
            client.connection().assertAnswered(Wire.PUBACK, COMMAND_ID);
            return;
        }
        if (!commandSaved) {
            client.connection().assertAnswered(Wire.PUBREC, COMMAND_ID);
        }
        client.connection().send(Wire.answer(Wire.PUBREL, COMMAND_ID));
        ReceivedPacket answer = client.connection().next(Wire.PUBCOMP);
        assertThat(answer.packetId()).isEqualTo(COMMAND_ID);
    }

    /** Sent, and what becomes of it is open: half of the exchanges. */
    void publishAtTheLastMoment() throws IOException {
        if (!prompt) {
            sendCommand(false);
            controller.mayHaveSeen();
        }
    }

    /** While the server, or Kafka, is away: it is sent where there is a connection, and nobody says that it is stored. */
    void publishInVain(boolean isKafkaAway) throws IOException {
        if (!isKafkaAway) {
            int type = qos == 1 ? Wire.PUBACK : Wire.PUBREC;
            commandSaved = client.last.stream().anyMatch(packet -> packet.type() == type);
            assertThat(commandSaved && !commandSent).as("an answer to nothing").isFalse();
            return;
        }
        sendCommand(false);
        client.connection().settled();
        assertThat(client.connection().hasKept(qos == 1 ? Wire.PUBACK : Wire.PUBREC))
                .as("acknowledged without Kafka")
                .isFalse();
        if (!prompt) {
            client.leave();
            client.knock();
        }
    }

    /** The client is back: what was not answered it sends again, under its packet id. */
    void publishAgain() throws IOException {
        boolean isStillThere = prompt && commandSent;
        if (commandSaved && qos == 1) {
            return;
        }
        if (!commandSaved && !isStillThere) {
            sendCommand(commandSent);
        }
        finishCommand();
    }

    // ---- 4: reply -------------------------------------------------------------------------------------------------

    void controllerLeaves() throws IOException {
        controller.leave();
    }

    void clientLeaves() throws IOException {
        client.leave();
    }

    void reply() throws IOException {
        String to = replies;
        byte[] correlation = CORRELATION;
        if (protocol == Protocol.MQTT_5) {
            ReceivedProperties properties = controller.taken().properties();
            to = properties.text(Property.RESPONSE_TOPIC);
            correlation = properties.bytes(Property.CORRELATION_DATA);
        }
        assertThat(to).as("response topic").isEqualTo(replies);
        assertThat(correlation).as("correlation data").isEqualTo(CORRELATION);
        controller
                .connection()
                .publish(
                        to,
                        "done",
                        qos,
                        false,
                        of5(
                                Property.correlationData(correlation),
                                Property.messageExpiry(REPLY_EXPIRY_SECONDS),
                                Property.userProperty("unit", "7")));
    }

    // ---- 6: unsubscribe -------------------------------------------------------------------------------------------

    private byte[] unsubscribePacket() {
        return Wire.packet(
                Wire.UNSUBSCRIBE,
                Wire.u16(client.connection().nextPacketId()),
                Wire.noProperties(protocol),
                Wire.text(replies));
    }

    /** Sent, and what becomes of it is open: half of the exchanges. */
    void unsubscribeAtTheLastMoment() throws IOException {
        if (prompt) {
            unsubscribeLost = true;
            client.connection().send(unsubscribePacket());
        }
    }

    /** While Kafka is away: it cannot be made durable, and is not answered. */
    void unsubscribeInVain() throws IOException {
        if (client.isConnected()) {
            client.acknowledgeInVain();
            if (prompt) {
                unsubscribeOwed = true;
                client.connection().send(unsubscribePacket()).settled();
                assertThat(client.connection().hasKept(Wire.UNSUBACK))
                        .as("UNSUBACK without Kafka")
                        .isFalse();
            }
        }
    }

    void unsubscribe() throws IOException {
        assertReply();
        if (unsubscribeOwed) {
            assertUnsubscribed(client.connection().next(Wire.UNSUBACK), List.of(0x00));
        }
        List<Integer> expected = List.of(0x00);
        if (unsubscribeOwed) {
            // No subscription existed: the first has taken effect.
            expected = List.of(0x11);
        } else if (unsubscribeLost) {
            expected = List.of(0x00, 0x11);
        }
        assertUnsubscribed(client.connection().unsubscribe(replies), expected);
    }

    private void assertUnsubscribed(ReceivedPacket answer, List<Integer> expected) {
        if (protocol == Protocol.MQTT_5) {
            assertThat(answer.codes()).hasSize(1).allMatch(expected::contains);
        }
    }

    private void assertReply() {
        ReceivedMessage reply = client.taken();
        assertThat(reply.payload()).isEqualTo("done");
        if (protocol == Protocol.MQTT_5) {
            ReceivedProperties properties = reply.properties();
            assertThat(properties.bytes(Property.CORRELATION_DATA)).isEqualTo(CORRELATION);
            assertThat(properties.number(Property.MESSAGE_EXPIRY)).isBetween(1L, (long) REPLY_EXPIRY_SECONDS);
            assertThat(properties.all(Property.USER_PROPERTY)).containsExactly(Map.entry("unit", "7"));
        }
        assertThat(controller.taken().payload()).isEqualTo("do");
    }

    // ---- around ---------------------------------------------------------------------------------------------------

    void assertEnded(boolean isTold) throws IOException {
        client.assertEnded(isTold);
        controller.assertEnded(isTold);
    }

    void knock() throws IOException {
        client.knock();
        controller.knock();
    }

    void comeBack() throws IOException {
        client.come();
        controller.come();
    }

    /** The subscription is gone, and nothing comes twice that must not. */
    void assertNothingMoreComes() throws IOException {
        String end = name + "/end";
        client.come().subscribe(end, 1);
        controller.come().subscribe(end, 1);
        controller.connection().publish(replies, "late", qos, false).publish(end, "end");

        client.assertNothingMore(client.connection().payloadsUntil("end"));
        controller.assertNothingMore(controller.connection().payloadsUntil("end"));
    }

    void assertRecords() {
        List<String> values = new ArrayList<>(CommittedRecords.values(bootstrapServers.get(), "mqtt." + name));
        long copies = values.stream().filter("do"::equals).count();
        assertThat(copies).as("records of the command").isBetween(1L, qos == 2 ? 1L : commandCopies);
        values.removeIf("do"::equals);
        assertThat(values).containsExactly("done", "late", "end");
    }

    void close() throws IOException {
        client.close();
        controller.close();
    }

    @Override
    public String toString() {
        return name + ", " + protocol + ", QoS " + qos + (prompt ? ", prompt" : ", owing");
    }
}
