package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.InFlight;
import io.sluice.mqtt.port.SessionState.Sharer;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.port.SessionState.StoredWill;
import io.sluice.mqtt.port.WillOwner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionRecordsTest {

    private static final Claimed OWNER = new Claimed(42, "sluice/1", 7);

    private final SessionRecords records = new SessionRecords();
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void whatIsWrittenIsRead() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            SessionState state = state();

            Map<String, byte[]> parts = new HashMap<>(records.parts(state));
            if (!state.receivedQos2().isEmpty()) {
                parts.put(SessionKey.received(0), records.received(state.receivedQos2()));
            }

            SessionState read = records.state(records.session(state, OWNER, false), parts, (part, cause) -> {
                throw new AssertionError(part + ", seed " + seed, cause);
            });

            assertThat(read).as("seed %s", seed).isEqualTo(state);
        }
    }

    @Test
    void whatHasNotChangedIsTheSameBytes() {
        for (int i = 0; i < 200; i++) {
            SessionState state = state();
            Map<String, byte[]> once = records.parts(state);
            Map<String, byte[]> twice = records.parts(state);

            assertThat(twice.keySet()).isEqualTo(once.keySet());
            once.forEach((part, bytes) -> assertThat(twice.get(part)).isEqualTo(bytes));
            assertThat(records.session(state, OWNER, true)).isEqualTo(records.session(state, OWNER, true));
        }
    }

    @Test
    void aPartThatCannotBeReadIsLeftOutAndTold() throws IOException {
        SessionState state = state();
        Map<String, byte[]> parts = new HashMap<>(records.parts(state));
        parts.put(SessionKey.received(9), new byte[] {1, 2, 3});
        List<String> told = new ArrayList<>();

        SessionState read = records.state(records.session(state, OWNER, false), parts, (part, cause) -> told.add(part));

        assertThat(told).containsExactly(SessionKey.received(9));
        assertThat(read.subscriptions()).isEqualTo(state.subscriptions());
    }

    @Test
    void keysAreReadable() {
        SessionKey key = new SessionKey(new ClientId("device/1"), SessionKey.cursor(new LogPartition("a.b", 3, "id")));

        assertThat(SessionKey.parse(key.bytes())).isEqualTo(key);
        assertThat(new String(key.bytes(), UTF_8)).isEqualTo("device/1\u0000ca.b:3");
        assertThat(SessionKey.parse("x\u0000?".getBytes(UTF_8))).isNull();
        SessionKey session = new SessionKey(new ClientId("x"), SessionKey.SESSION);
        assertThat(SessionKey.parse(session.bytes())).isEqualTo(session);
    }

    private SessionState state() {
        Map<LogPartition, StoredCursor> cursors = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            cursors.put(partition(), new StoredCursor(random.nextLong(1L << 40)));
        }
        List<InFlight> inFlight = new ArrayList<>();
        long order = random.nextInt(100);
        int packetId = random.nextInt(1, 1_000);
        for (int i = random.nextInt(6); i > 0; i--) {
            order += random.nextInt(1, 5);
            packetId++;
            inFlight.add(inFlight(packetId, order, List.copyOf(cursors.keySet())));
        }
        List<StoredSubscription> subscriptions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            subscriptions.add(subscription(i));
        }
        Set<Integer> received = new HashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            received.add(random.nextInt(1, 65_536));
        }
        return new SessionState(
                random.nextLong(1, 1L << 32),
                random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(1L << 42),
                subscriptions,
                cursors,
                inFlight,
                received,
                will(),
                sharers());
    }

    private Map<ClientId, Sharer> sharers() {
        Map<ClientId, Sharer> sharers = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            long expiry = random.nextBoolean() ? Sharer.NOT_GONE : random.nextLong(1L << 42);
            sharers.put(new ClientId("sharer-" + i), new Sharer(random.nextLong(1, 1L << 32), expiry));
        }
        return sharers;
    }

    private LogPartition partition() {
        return new LogPartition("topic-" + random.nextInt(3), random.nextInt(5), "id");
    }

    private InFlight inFlight(int packetId, long order, List<LogPartition> withCursor) {
        boolean isRetained = withCursor.isEmpty() || random.nextInt(4) == 0;
        Qos qos = random.nextBoolean() ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE;
        return new InFlight(
                packetId,
                isRetained ? null : withCursor.get(random.nextInt(withCursor.size())),
                isRetained ? 0 : random.nextLong(1L << 40),
                isRetained ? message(true) : null,
                qos,
                qos == Qos.EXACTLY_ONCE && random.nextBoolean(),
                order,
                isRetained || random.nextBoolean() ? null : TopicFilter.of("$share/g/a/#"));
    }

    private StoredSubscription subscription(int number) {
        Map<LogPartition, Long> starts = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            starts.put(partition(), random.nextLong(1L << 40));
        }
        return new StoredSubscription(
                TopicFilter.of((random.nextBoolean() ? "a/+/" : "ü/#/").replace("#/", "") + number),
                Qos.of(random.nextInt(3)),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(3),
                random.nextInt(1_000),
                starts);
    }

    private @Nullable StoredWill will() {
        return random.nextBoolean()
                ? null
                : new StoredWill(
                        message(random.nextBoolean()),
                        random.nextInt(-1, 100),
                        random.nextInt(100),
                        random.nextBoolean() ? StoredWill.NOT_DUE : random.nextLong(1L << 42),
                        random.nextBoolean(),
                        random.nextBoolean()
                                ? null
                                : new WillOwner(
                                        random.nextBoolean() ? null : "user",
                                        random.nextBoolean() ? Set.of() : Set.of("a", "b"),
                                        "mqtts",
                                        random.nextBoolean() ? null : "192.0.2.1"));
    }

    private Message message(boolean retain) {
        return new Message(
                TopicName.of("t/" + random.nextInt(10)),
                Qos.of(random.nextInt(3)),
                retain,
                Payload.of("payload " + random.nextInt()),
                new MessageProperties(
                        random.nextBoolean(),
                        random.nextBoolean() ? MessageProperties.NEVER : random.nextLong(1L << 42),
                        random.nextBoolean() ? null : "text/plain",
                        random.nextBoolean() ? null : "answer/here",
                        random.nextBoolean() ? null : Payload.of("c" + random.nextInt()),
                        random.nextBoolean()
                                ? List.of()
                                : List.of(new UserProperty("a", "1"), new UserProperty("a", "2"))),
                random.nextBoolean() ? null : new ClientId("p" + random.nextInt(3)));
    }
}
