package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.log.StateRecord;
import io.sluice.kafka.log.Unreadable;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RetainedTableTest {

    private static final String NAME = "a/b";

    private final RetainedCodec codec = new RetainedCodec();
    private final RetainedTable table = new RetainedTable(codec, new Unreadable("retained"));
    private long offset;

    private void replay(byte @Nullable [] value, RecordHeaders headers) {
        offset++;
        table.replay(new StateRecord(0, offset, 0, NAME.getBytes(UTF_8), value, headers));
    }

    private void set(String payload, String place, long dataOffset) {
        replay(codec.encode(Message.of(NAME, Qos.AT_LEAST_ONCE, payload), place, dataOffset), new RecordHeaders());
    }

    private void clear(String place, long dataOffset) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(
                RetainedTable.OFFSET_HEADER,
                ByteBuffer.allocate(Long.BYTES).putLong(dataOffset).array());
        headers.add(RetainedTable.PARTITION_HEADER, place.getBytes(UTF_8));
        replay(null, headers);
    }

    private String payload() throws IOException {
        RetainedTable.Entry entry = table.get(NAME);
        byte[] value = entry == null ? null : entry.value();
        return value == null
                ? "none"
                : new String(
                        codec.decode(TopicName.of(NAME), true, value).payload().bytes(), UTF_8);
    }

    @Test
    void inOnePartitionTheLaterDataRecordWins() throws IOException {
        set("later", "t-0", 10);
        set("earlier", "t-0", 9);

        assertThat(payload()).isEqualTo("later");
    }

    /** The mapping has changed: the new Kafka topic begins at offset 0. */
    @Test
    void ofTwoPartitionsTheOneThatComesLastWins() throws IOException {
        set("by the rules of before", "old-0", 1_000_000);
        set("by the rules of now", "new-3", 0);

        assertThat(payload()).isEqualTo("by the rules of now");
    }

    @Test
    void whatWasClearedByOtherRulesMayBeSetAgain() throws IOException {
        set("old", "old-0", 7);
        clear("old-0", 8);
        set("new", "new-0", 0);
        assertThat(payload()).isEqualTo("new");

        clear("new-0", 1);
        assertThat(payload()).isEqualTo("none");
        set("too late", "new-0", 0);
        assertThat(payload()).isEqualTo("none");
    }
}
