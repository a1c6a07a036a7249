package io.sluice.kafka.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.kafka.log.StateRecord;
import io.sluice.kafka.log.Unreadable;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the retained topic says, replayed: of each MQTT topic the message of the latest data record, encoded. Changed by
 * {@link #replay} alone, on one thread; read on all.
 *
 * <p>Of two records of a topic that wins which copies the later data record, whichever comes later here. Where their data
 * records are in different partitions, since the mapping or the partitions' number has changed, offsets say nothing, and
 * that wins which comes later here. What was
 * cleared is remembered with its data record's offset for as long as an older writer may come late.
 */
final class RetainedTable {

    /** Of a tombstone: the offset of the data record that cleared the topic, 8 bytes. */
    static final String OFFSET_HEADER = "sluice.offset";

    /** Of a tombstone: the partition of that record. */
    static final String PARTITION_HEADER = "sluice.partition";

    private static final int CLEARED_MAX = 10_000;

    /**
     * A topic's message.
     *
     * @param place the partition of the data record that it copies, or null where nobody has noted it
     * @param dataOffset of the data record
     * @param value encoded, or null when the topic was cleared
     */
    record Entry(@Nullable String place, long dataOffset, byte @Nullable [] value) {

        /** Whether it copies a later data record than the other, by the order of the partition that both are in. */
        boolean isAfter(@Nullable String otherPlace, long otherOffset) {
            return Objects.equals(place, otherPlace) && dataOffset > otherOffset;
        }
    }

    private final RetainedCodec codec;
    private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();
    // The topics that were cleared, in the order in which it was seen. Of the replaying thread.
    private final LinkedHashMap<String, Boolean> cleared = new LinkedHashMap<>();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Unreadable unreadable;

    RetainedTable(RetainedCodec codec, Unreadable unreadable) {
        this.codec = codec;
        this.unreadable = unreadable;
    }

    void replay(StateRecord record) {
        String name = new String(record.key(), UTF_8);
        try {
            byte[] value = record.value();
            if (TopicName.problem(name) != null || !Arrays.equals(name.getBytes(UTF_8), record.key())) {
                throw new IOException("key: no topic name");
            }
            RetainedCodec.Origin origin =
                    value == null ? cleared(record.headers()) : codec.check(TopicName.of(name), value);
            apply(name, new Entry(origin.place(), origin.offset(), value));
        } catch (IOException | RuntimeException unknown) {
            unreadable.add(record.partition(), record.offset(), unknown);
        }
    }

    /** A tombstone that does not say it, as another program may write one, clears whatever there is. */
    private static RetainedCodec.Origin cleared(Headers headers) {
        Header offset = headers.lastHeader(OFFSET_HEADER);
        Header place = headers.lastHeader(PARTITION_HEADER);
        return new RetainedCodec.Origin(
                place == null || place.value() == null ? null : new String(place.value(), UTF_8),
                offset == null || offset.value() == null || offset.value().length != Long.BYTES
                        ? Long.MAX_VALUE
                        : ByteBuffer.wrap(offset.value()).getLong());
    }

    private void apply(String name, Entry entry) {
        Entry known = entries.get(name);
        boolean isForeignTombstone = entry.dataOffset == Long.MAX_VALUE;
        if (known != null && known.isAfter(entry.place, entry.dataOffset)) {
            return;
        }
        count(known, -1);
        count(entry, 1);
        if (entry.value != null) {
            cleared.remove(name);
            entries.put(name, entry);
        } else if (isForeignTombstone) {
            cleared.remove(name);
            entries.remove(name);
        } else {
            entries.put(name, entry);
            cleared.put(name, true);
            forgetOldest();
        }
    }

    private void forgetOldest() {
        if (cleared.size() > CLEARED_MAX) {
            String oldest = cleared.keySet().iterator().next();
            cleared.remove(oldest);
            entries.remove(oldest);
        }
    }

    private void count(@Nullable Entry entry, int sign) {
        if (entry != null && entry.value != null) {
            messages.addAndGet(sign);
            bytes.addAndGet((long) sign * entry.value.length);
        }
    }

    @Nullable
    Entry get(String name) {
        return entries.get(name);
    }

    /** The entries whose topics the filter may match, lazily, in the order of their names. */
    Stream<Map.Entry<String, Entry>> startingAs(TopicFilter filter) {
        String prefix = prefix(filter);
        return entries.tailMap(prefix, true).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix));
    }

    /** What all matching names begin with: the levels before the first wildcard, "a" for "a/#" as it matches "a" too. */
    private static String prefix(TopicFilter filter) {
        List<String> levels = filter.levels();
        int plain = 0;
        while (plain < levels.size() && !TopicFilter.isWildcard(levels.get(plain))) {
            plain++;
        }
        return String.join("/", levels.subList(0, plain));
    }

    long messages() {
        return messages.get();
    }

    long bytes() {
        return bytes.get();
    }
}
