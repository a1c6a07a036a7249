package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.log.StateRecord;
import io.sluice.kafka.log.Unreadable;
import io.sluice.kafka.state.Ownership.Claimed;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever stands in the state topics, what is right of them is known. */
final class GarbageInStateTest {

    private static final long SEED = Long.getLong("seed", new Random().nextLong());
    private static final ClientId CLIENT = new ClientId("client");
    private static final LogPartition PARTITION = new LogPartition("t", 3, "id");

    private final Random random = new Random(SEED);
    private final SessionRecords records = new SessionRecords();
    private final Unreadable unreadable = new Unreadable("topic");
    private final List<String> told = new ArrayList<>();
    private final SessionTable table = new SessionTable(new Told(), unreadable);
    private final RetainedCodec codec = new RetainedCodec();
    private final RetainedTable retained = new RetainedTable(codec, unreadable);
    private long offset;

    private final class Told implements SessionTable.Listener {
        @Override
        public void onForeign(ClientId clientId, SessionTable.Entry entry, Claimed owner) {}

        @Override
        public void onOwned(ClientId clientId, SessionTable.Entry entry, Claimed owner) {
            told.add("owned");
        }

        @Override
        public void onWaiting(ClientId clientId, SessionTable.Entry entry, Claimed owner, @Nullable Claimed outdone) {
            told.add("waiting");
        }

        @Override
        public void onFree(ClientId clientId, SessionTable.Entry entry) {
            told.add("free");
        }

        @Override
        public void onStale(ClientId clientId, SessionTable.Entry entry, String part) {
            told.add("stale");
        }

        @Override
        public void onUnreadable(ClientId clientId, SessionTable.Entry entry, String part, byte @Nullable [] value) {
            told.add("unreadable " + part);
        }
    }

    private StateRecord record(byte[] key, byte @Nullable [] value) {
        offset++;
        RecordHeaders headers = new RecordHeaders(List.of(new RecordHeader(
                SessionTable.EPOCH_HEADER,
                ByteBuffer.allocate(Long.BYTES).putLong(7).array())));
        return new StateRecord(0, offset, 0, key, value, headers);
    }

    private void replay(String part, byte @Nullable [] value) {
        table.replay(record(new SessionKey(CLIENT, part).bytes(), value));
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        if (bytes.length > 10 && random.nextBoolean()) {
            // Looks as ours, of a version that nobody knows.
            bytes[0] = (byte) 0xC3;
            bytes[1] = 0x01;
        }
        return bytes;
    }

    private SessionState state() {
        return new SessionState(
                60,
                Long.MAX_VALUE,
                List.of(),
                Map.of(PARTITION, new StoredCursor(42)),
                List.of(new SessionState.InFlight(9, PARTITION, 40, null, Qos.EXACTLY_ONCE, false, 1)),
                Set.of(5),
                null);
    }

    @Test
    void aSessionIsWhatItWasWhateverIsWrittenBehindIt() throws Exception {
        SessionState state = state();
        replay(SessionKey.SESSION, records.session(state, new Claimed(7, "i", 1), false));
        Map<String, byte[]> parts = new HashMap<>(records.parts(state));
        parts.put(SessionKey.received(5), records.received(state.receivedQos2()));
        parts.forEach(this::replay);
        long garbage = 0;
        for (int i = 0; i < 500; i++) {
            for (String part : parts.keySet()) {
                replay(part, garbage());
                garbage++;
            }
            replay(SessionKey.SESSION, garbage());
            replay(SessionKey.CLAIM, garbage());
            garbage += 2;
        }

        assertThat(unreadable.count()).as("seed %s", SEED).isEqualTo(garbage);
        SessionTable.Entry entry = Objects.requireNonNull(table.entries().get(CLIENT));
        SessionState read = records.state(
                Objects.requireNonNull(entry.session()), entry.parts(), (part, cause) -> told.add("lost " + part));
        assertThat(read).isEqualTo(state);
        assertThat(told).doesNotContain("stale").noneMatch(one -> one.startsWith("lost"));
        // So that the owner puts what holds behind it.
        assertThat(told).contains("unreadable ", "unreadable " + SessionKey.received(5));
    }

    @Test
    void keysOfNoKindAndNoTextAreCounted() {
        table.replay(record((CLIENT.value() + "\0x1").getBytes(UTF_8), new byte[0]));
        table.replay(record(new byte[] {(byte) 0xFF, 'a'}, new byte[0]));
        table.replay(record(new byte[0], new byte[] {1, 2}));
        retained.replay(record(new byte[] {(byte) 0xFF, 'a'}, null));
        retained.replay(record("a/#".getBytes(UTF_8), null));
        retained.replay(record(new byte[0], null));

        assertThat(unreadable.count()).isEqualTo(6);
        assertThat(table.size()).isZero();
        assertThat(retained.messages()).isZero();
    }

    @Test
    void aRetainedMessageIsWhatItWasWhateverIsWrittenBehindIt() {
        retained.replay(record("a".getBytes(UTF_8), codec.encode(Message.of("a", Qos.AT_LEAST_ONCE, "kept"), 5)));
        for (int i = 0; i < 500; i++) {
            retained.replay(record("a".getBytes(UTF_8), garbage()));
        }

        assertThat(unreadable.count()).as("seed %s", SEED).isEqualTo(500);
        assertThat(Objects.requireNonNull(retained.get("a")).dataOffset()).isEqualTo(5);
        assertThat(retained.messages()).isEqualTo(1);
    }
}
