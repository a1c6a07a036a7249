package io.sluice.mqtt.subscription;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One subscription of one connected session, compared by identity. Safe for all threads: the threads of the tails set
 * where it begins in each partition, and ask.
 *
 * <p>A subscription begins in each partition at the offset that was the last stable one when it was made. Until that
 * is known it admits nothing; a partition that appears after {@link #resolve()} is admitted from its first record.
 */
public final class Subscription {

    private final Subscriber subscriber;
    private final TopicFilter filter;
    private volatile SubscriptionOptions options;
    private final Map<LogPartition, Long> starts;
    private volatile boolean resolved;
    private boolean answered;
    private volatile boolean active = true;

    public Subscription(Subscriber subscriber, TopicFilter filter, SubscriptionOptions options) {
        this(new ConcurrentHashMap<>(), subscriber, filter, options);
    }

    /** A subscription that began earlier, at these offsets where they still matter. */
    public Subscription(
            Subscriber subscriber, TopicFilter filter, SubscriptionOptions options, Map<LogPartition, Long> starts) {
        this(new ConcurrentHashMap<>(starts), subscriber, filter, options);
    }

    private Subscription(
            Map<LogPartition, Long> shared, Subscriber subscriber, TopicFilter filter, SubscriptionOptions options) {
        this.subscriber = subscriber;
        this.filter = filter;
        this.options = options;
        this.starts = shared;
    }

    public Subscriber subscriber() {
        return subscriber;
    }

    public TopicFilter filter() {
        return filter;
    }

    public SubscriptionOptions options() {
        return options;
    }

    /**
     * Changes the options: what a second SUBSCRIBE for the filter does, without interrupting the flow [MQTT-3.8.4-3], that
     * of records which were matched before and are on their way to the loop included. On the session's loop.
     */
    public void options(SubscriptionOptions newOptions) {
        options = newOptions;
    }

    /** Fixes where it begins in a partition. On the thread that reads the partition. */
    public void startAt(LogPartition partition, long offset) {
        starts.put(partition, offset);
    }

    /** All partitions that there are have their start: others are new, and wanted from their first record. */
    public void resolve() {
        resolved = true;
    }

    /** Whether the record at this offset came after the subscription was made. */
    public boolean admits(LogPartition partition, long offset) {
        if (starts.isEmpty()) {
            return resolved;
        }
        Long start = starts.get(partition);
        return start == null ? resolved : offset >= start;
    }

    /** Where it began in the partition, or 0 when the partition is newer than the subscription. */
    public long start(LogPartition partition) {
        Long start = starts.get(partition);
        return start == null ? 0 : start;
    }

    /** Where it began, by partition, as known now. */
    public Map<LogPartition, Long> starts() {
        return Map.copyOf(starts);
    }

    /** SUBACK has been sent. On the session's loop. */
    public void answer() {
        answered = true;
    }

    /** Whether SUBACK has been sent: nothing goes out for the subscription before. On the session's loop. */
    public boolean isAnswered() {
        return answered;
    }

    /** It has ended: what was matched before and is still on its way is not for it. */
    public void cancel() {
        active = false;
    }

    public boolean isActive() {
        return active;
    }
}
