package io.sluice.mqtt.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.RetainedStore;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Retained messages in this process's memory. Safe for all threads: a sorted concurrent map from topic name to message,
 * so that a filter reads only the names that begin as it does. A cleared topic keeps its offset, so that an older
 * writer, coming late, does not bring the message back.
 */
public final class InMemoryRetainedStore implements RetainedStore {

    private static final int CLEARED_MAX = 10_000;

    private record Entry(
            LogPartition partition, long offset, @Nullable Message message) {

        boolean isBehind(LogPartition otherPartition, long otherOffset) {
            return partition.equals(otherPartition) && offset > otherOffset;
        }
    }

    private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<String> cleared = new ConcurrentLinkedQueue<>();
    private final AtomicInteger clearedCount = new AtomicInteger();
    private final int messagesMax;

    /**
     * @param messagesMax most retained messages; one more is an error, and its publisher is not acknowledged
     */
    public InMemoryRetainedStore(int messagesMax, MeterRegistry registry) {
        this.messagesMax = messagesMax;
        Gauge.builder("sluice.retained.messages.limit", () -> messagesMax)
                .description("Most retained messages")
                .register(registry);
        Gauge.builder("sluice.retained.messages", messages, AtomicLong::get)
                .description("Retained messages")
                .register(registry);
        Gauge.builder("sluice.retained.bytes", bytes, AtomicLong::get)
                .description("Payload bytes of the retained messages")
                .baseUnit("bytes")
                .register(registry);
    }

    @Override
    public Mono<Void> put(Message message, LogPartition partition, long offset) {
        String name = message.topicName().value();
        Message kept = message.payload().isEmpty() ? null : message;
        if (kept != null && messages.get() >= messagesMax && !hasMessage(name)) {
            return Mono.error(new IllegalStateException("retained messages: " + messagesMax + " (expected: not more)"));
        }
        if (kept == null) {
            forgetOldest(name);
        }
        entries.compute(name, (ignored, old) -> {
            if (old != null && old.isBehind(partition, offset)) {
                return old;
            }
            count(old == null ? null : old.message(), -1);
            count(kept, 1);
            return new Entry(partition, offset, kept);
        });
        return Mono.empty();
    }

    private boolean hasMessage(String name) {
        Entry entry = entries.get(name);
        return entry != null && entry.message() != null;
    }

    /** Keeps the offsets of the newest cleared topics only: an older writer is not that late. */
    private void forgetOldest(String name) {
        cleared.add(name);
        if (clearedCount.incrementAndGet() > CLEARED_MAX) {
            clearedCount.decrementAndGet();
            String oldest = cleared.poll();
            if (oldest != null) {
                entries.computeIfPresent(oldest, (key, entry) -> entry.message() == null ? null : entry);
            }
        }
    }

    private void count(@Nullable Message message, int sign) {
        if (message != null) {
            messages.addAndGet(sign);
            bytes.addAndGet((long) sign * message.payload().size());
        }
    }

    @Override
    public Mono<Message> get(TopicName topicName) {
        return Mono.fromCallable(() -> {
            Entry entry = entries.get(topicName.value());
            return entry == null ? null : entry.message();
        });
    }

    @Override
    public Flux<Message> match(TopicFilter filter, long nowEpochMillis) {
        String prefix = prefix(filter);
        return Flux.fromIterable(entries.tailMap(prefix, true).entrySet())
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .filter(entry -> isWanted(entry, filter, nowEpochMillis))
                .mapNotNull(entry -> entry.getValue().message());
    }

    private static boolean isWanted(Map.Entry<String, Entry> entry, TopicFilter filter, long nowEpochMillis) {
        Message message = entry.getValue().message();
        return message != null
                && !message.properties().isExpired(nowEpochMillis)
                && filter.matches(message.topicName());
    }

    /** What all matching names begin with: the levels before the first wildcard, "a" for "a/#" as it matches "a" too. */
    private static String prefix(TopicFilter filter) {
        List<String> levels = filter.levels();
        int plain = 0;
        while (plain < levels.size()
                && !levels.get(plain).equals(TopicFilter.SINGLE_LEVEL)
                && !levels.get(plain).equals(TopicFilter.MULTI_LEVEL)) {
            plain++;
        }
        return String.join("/", levels.subList(0, plain));
    }
}
