package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Egress;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionState.StoredSubscription;
import io.sluice.mqtt.subscription.Subscriber;
import io.sluice.mqtt.subscription.Subscription;
import io.sluice.mqtt.subscription.SubscriptionIndex;
import io.sluice.mqtt.subscription.SubscriptionOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The subscriptions of one connected session, in the index and at the log. Confined to the session's loop. */
final class SessionSubscriptions {

    /** A subscription, and its demand at the log once that is known. */
    private final class Entry extends BaseSubscriber<Egress.Reading> {
        /** What it was in the store, for as long as it is not taken up again. */
        final @Nullable StoredSubscription restored;

        final Sinks.Empty<Void> opened = Sinks.empty();
        final Subscription subscription;
        Egress.@Nullable Reading reading;

        Entry(Subscription subscription, @Nullable StoredSubscription restored) {
            this.subscription = subscription;
            this.restored = restored;
        }

        @Override
        protected void hookOnNext(Egress.Reading value) {
            // Before the loop hears of it: from here on partitions that appear are read from their first record.
            subscription.resolve();
            loop.execute(() -> onReading(value));
        }

        private void onReading(Egress.Reading value) {
            if (subscription.isActive()) {
                subscription.resolve();
                reading = value;
                opened.tryEmitEmpty();
            } else {
                value.close();
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            opened.tryEmitError(error);
        }

        void end() {
            subscription.cancel();
            index.remove(subscription.filter(), subscription);
            count.accept(-1);
            cancel();
            if (reading != null) {
                reading.close();
            }
            opened.tryEmitEmpty();
        }
    }

    private final Subscriber subscriber;
    private final Loop loop;
    private final SubscriptionIndex<Subscription> index;
    private final Egress egress;
    private final IntConsumer count;
    private final Map<TopicFilter, Entry> entries = new HashMap<>();

    /**
     * @param count told of how many there are more, or fewer
     */
    SessionSubscriptions(
            Subscriber subscriber, Loop loop, SubscriptionIndex<Subscription> index, Egress egress, IntConsumer count) {
        this.subscriber = subscriber;
        this.loop = loop;
        this.index = index;
        this.egress = egress;
        this.count = count;
    }

    int size() {
        return entries.size();
    }

    boolean contains(TopicFilter filter) {
        return entries.containsKey(filter);
    }

    /**
     * Subscribes, or changes the options of the subscription that is there, without interrupting its flow
     * [MQTT-3.8.4-3].
     *
     * @return completes on the loop when it is in effect
     */
    Mono<Void> add(TopicFilter filter, SubscriptionOptions options) {
        Entry known = entries.get(filter);
        if (known == null) {
            Subscription subscription = new Subscription(subscriber, filter, options);
            return open(new Entry(subscription, null), List.of(), subscription::startAt);
        }
        known.subscription.options(options);
        return known.opened.asMono();
    }

    /**
     * Takes up a subscription of an earlier connection.
     *
     * @param held where the session has cursors
     * @param joins told from which offset on the tail of each partition hands over what matches
     */
    Mono<Void> restore(StoredSubscription stored, Collection<LogPartition> held, Map<LogPartition, Long> joins) {
        SubscriptionOptions options = new SubscriptionOptions(
                stored.qos(),
                stored.noLocal(),
                stored.retainAsPublished(),
                stored.retainHandling(),
                stored.identifier());
        Subscription subscription = new Subscription(subscriber, stored.filter(), options, stored.starts());
        // It began long ago: partitions without a start of their own are wanted from wherever the cursor is.
        subscription.resolve();
        subscription.answer();
        return open(
                new Entry(subscription, stored),
                held,
                (partition, offset) -> joins.merge(partition, offset, Math::max));
    }

    private Mono<Void> open(Entry entry, Collection<LogPartition> held, Egress.StartListener starts) {
        TopicFilter filter = entry.subscription.filter();
        entries.put(filter, entry);
        count.accept(1);
        // In the index first: from the starting offsets on, every record is matched against it.
        index.add(filter, entry.subscription);
        egress.open(filter, held, starts)
                .doOnDiscard(Egress.Reading.class, Egress.Reading::close)
                .subscribe(entry);
        return entry.opened.asMono();
    }

    /** SUBACK goes out for this filter. */
    void answer(TopicFilter filter) {
        Entry entry = entries.get(filter);
        if (entry != null) {
            entry.subscription.answer();
        }
    }

    /** Ends the subscription; false when there is none. */
    boolean remove(TopicFilter filter) {
        Entry entry = entries.remove(filter);
        if (entry == null) {
            return false;
        }
        entry.end();
        return true;
    }

    void close() {
        entries.values().forEach(Entry::end);
        entries.clear();
    }

    /** Adds the subscriptions that match and admit the record to the match. */
    void match(TopicName topicName, LogPartition partition, long offset, MatchTarget target) {
        for (Entry entry : entries.values()) {
            Subscription subscription = entry.subscription;
            if (subscription.filter().matches(topicName) && subscription.admits(partition, offset)) {
                target.add(subscription);
            }
        }
    }

    /** Takes the subscriptions that match. */
    interface MatchTarget {
        void add(Subscription subscription);
    }

    /** All filters. */
    Set<TopicFilter> filters() {
        return Set.copyOf(entries.keySet());
    }

    /** The filters of which records are owed to the client, not only shown as they come. */
    Collection<TopicFilter> filtersAboveQos0() {
        List<TopicFilter> filters = new ArrayList<>(entries.size());
        entries.forEach((filter, entry) -> {
            if (entry.subscription.options().qos() != Qos.AT_MOST_ONCE) {
                filters.add(filter);
            }
        });
        return filters;
    }

    /** Whether records of the partition are owed to the client, and not only shown as they come. */
    boolean isOwed(LogPartition partition) {
        for (Entry entry : entries.values()) {
            if (entry.subscription.options().qos() != Qos.AT_MOST_ONCE
                    && entry.reading != null
                    && entry.reading.partitions().contains(partition)) {
                return true;
            }
        }
        return false;
    }

    /** All partitions that any subscription reads, with the offset at which the first of these begins. */
    Map<LogPartition, Long> firstStarts() {
        Map<LogPartition, Long> starts = new HashMap<>();
        for (Entry entry : entries.values()) {
            if (entry.reading != null) {
                for (LogPartition partition : entry.reading.partitions()) {
                    starts.merge(partition, entry.subscription.start(partition), Math::min);
                }
            }
        }
        return starts;
    }

    /**
     * The subscriptions at rest, with their starts where the cursor has not passed them. One that was not answered yet
     * is left out: the client does not count on it.
     */
    List<StoredSubscription> stored(Map<LogPartition, Long> positions) {
        List<StoredSubscription> stored = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Subscription subscription = entry.subscription;
            if (entry.reading != null) {
                Map<LogPartition, Long> starts = new HashMap<>(subscription.starts());
                starts.entrySet().removeIf(start -> positions.getOrDefault(start.getKey(), 0L) >= start.getValue());
                stored.add(stored(subscription, starts));
            } else if (entry.restored != null) {
                stored.add(stored(subscription, entry.restored.starts()));
            }
        }
        return stored;
    }

    private static StoredSubscription stored(Subscription subscription, Map<LogPartition, Long> starts) {
        SubscriptionOptions options = subscription.options();
        return new StoredSubscription(
                subscription.filter(),
                options.qos(),
                options.noLocal(),
                options.retainAsPublished(),
                options.retainHandling(),
                options.identifier(),
                starts);
    }
}
