package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The receiving side of QoS 2, true to the specification, over any number of connections. */
final class ExactlyOnceReceiver {

    private final Map<Integer, String> received = new HashMap<>();
    private final List<String> released = new ArrayList<>();
    private final Map<String, Integer> packetIds = new HashMap<>();
    // Of the connection on which it goes on.
    private final Map<String, ReceivedMessage> published = new HashMap<>();
    private final List<Integer> releasedByServer = new ArrayList<>();

    /** What was given to the application, in that order. */
    List<String> released() {
        return released;
    }

    /** The packet id under which a message came first, 0 when it has not come. */
    int packetIdOf(String payload) {
        return packetIds.getOrDefault(payload, 0);
    }

    boolean isPublished(String payload) {
        return published.containsKey(payload);
    }

    ReceivedMessage published(String payload) {
        return Objects.requireNonNull(published.get(payload), "published: " + payload);
    }

    boolean isReleasedByServer(int packetId) {
        return releasedByServer.contains(packetId);
    }

    /** Notes a message, and gives it to the application unless it has it; does not answer. */
    ReceivedMessage take(ReceivedMessage message) {
        @Nullable String known = received.putIfAbsent(message.packetId(), message.payload());
        if (known == null) {
            released.add(message.payload());
            packetIds.putIfAbsent(message.payload(), message.packetId());
        } else {
            assertThat(message.payload())
                    .as("under packet id %s", message.packetId())
                    .isEqualTo(known);
        }
        return message;
    }

    /** PUBREL has come. */
    void forget(int packetId) {
        received.remove(packetId);
    }

    /** Takes what has come, and can be answered no more. */
    void takeUntilClosed(RawClient client) throws IOException {
        for (ReceivedPacket packet : HaltCase.untilClosed(client)) {
            assertThat(packet.type()).as("type of %s", packet).isEqualTo(Wire.PUBLISH);
            take(packet.message());
        }
    }

    /** Answers everything until the exchange of this message is finished. */
    void goOnUntil(RawClient client, String last) throws IOException {
        while (true) {
            ReceivedPacket packet = client.next();
            if (packet.type() == Wire.PUBLISH) {
                ReceivedMessage message = take(packet.message());
                published.putIfAbsent(message.payload(), message);
                client.send(Wire.answer(Wire.PUBREC, message.packetId()));
            } else {
                int packetId = packet.packetId();
                assertThat(packet.type()).as("type of %s", packet).isEqualTo(Wire.PUBREL & 0xF0);
                releasedByServer.add(packetId);
                client.send(Wire.answer(Wire.PUBCOMP, packetId));
                if (last.equals(received.remove(packetId))) {
                    return;
                }
            }
        }
    }
}
