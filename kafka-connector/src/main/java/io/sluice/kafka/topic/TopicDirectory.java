package io.sluice.kafka.topic;

import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka topics there are, as last seen: asked for every few seconds, and told at once what this instance creates.
 * Safe for all threads: readers see one immutable map behind a volatile field; changes are made under a lock, so that
 * listeners hear of them in their order.
 */
public final class TopicDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicDirectory.class);

    /** A broker that lags behind its controller does not know a new topic yet: it must not vanish and appear again. */
    private static final int ABSENCES_UNTIL_GONE = 2;

    private final TopicAdmin admin;
    private final Duration refreshInterval;
    private final KafkaUp up;
    private final ScheduledThreadPoolExecutor thread;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock changing = new ReentrantLock();
    // Guarded by the lock.
    private final Map<String, Integer> absences = new HashMap<>();
    private final Set<String> addedDuringRefresh = new HashSet<>();

    /** The kinds of failure that were reported since Kafka answered last: few, and each is worth a line of its own. */
    private final Set<Class<?>> reportedFailures = new HashSet<>();

    private CompletableFuture<Void> running = new CompletableFuture<>();
    private @Nullable CompletableFuture<Void> next;
    private boolean isRefreshing;

    /** Topics that there were, and that Kafka does not let us see. */
    private final Set<String> hidden = ConcurrentHashMap.newKeySet();

    private volatile Map<String, KnownTopic> topics = Map.of();
    private volatile @Nullable Throwable lastFailure;

    public TopicDirectory(KafkaSettings kafka, TopicSettings settings, KafkaUp up) {
        this(new KafkaTopicAdmin(kafka), settings, up);
    }

    TopicDirectory(TopicAdmin admin, TopicSettings settings, KafkaUp up) {
        this.admin = admin;
        this.refreshInterval = settings.refreshInterval();
        this.up = up;
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "topics");
            created.setDaemon(true);
            return created;
        });
        thread.setRemoveOnCancelPolicy(true);
        // A close while requests are under way is no error of theirs.
        thread.setRejectedExecutionHandler((task, executor) -> {});
    }

    /** Starts to watch. While Kafka is away it goes on trying. */
    public void start() {
        thread.execute(this::refreshRegularly);
    }

    /**
     * Looks at Kafka's topics as they are after this call: another instance may have made one in this moment. Calls at
     * the same time share a look.
     *
     * @return completes, on any thread, when {@link #topics()} shows them; however long Kafka is away
     */
    public CompletionStage<Void> refreshed() {
        changing.lock();
        try {
            CompletableFuture<Void> waiting = next;
            if (waiting == null) {
                waiting = new CompletableFuture<>();
                next = waiting;
                thread.execute(this::refreshNext);
            }
            // One of those who share it may give up and cancel what it was given.
            return waiting.copy();
        } finally {
            changing.unlock();
        }
    }

    /** Begins the look that is asked for, or leaves it to the end of the one that is under way. */
    private void refreshNext() {
        changing.lock();
        try {
            CompletableFuture<Void> wanted = next;
            if (isRefreshing || wanted == null) {
                return;
            }
            next = null;
            running = wanted;
            isRefreshing = true;
        } finally {
            changing.unlock();
        }
        refresh();
    }

    private void refreshRegularly() {
        var unused = refreshed().thenRun(() -> schedule(refreshInterval, this::refreshRegularly));
    }

    /** All topics by name. Immutable. */
    public Map<String, KnownTopic> topics() {
        return topics;
    }

    /** Completes when Kafka's topics were read for the first time. */
    public CompletionStage<Void> loaded() {
        return loaded.copy();
    }

    /** The listener is told of each change from now on. */
    public void addListener(ChangeListener listener) {
        listeners.add(listener);
    }

    /** Told what changed, after {@link #topics()} shows it. */
    public interface ChangeListener {

        /**
         * Must be quick and must not throw. On any thread, one call at a time.
         *
         * @param before the topics that were known; a topic that was deleted and made again has another id now
         * @param after the topics that are known
         */
        void onChange(Map<String, KnownTopic> before, Map<String, KnownTopic> after);
    }

    /** Adds a topic that is known to be there: when this returns, every listener knows it. */
    void add(String kafkaTopic, KnownTopic topic) {
        changing.lock();
        try {
            addedDuringRefresh.add(kafkaTopic);
            absences.remove(kafkaTopic);
            KnownTopic known = topics.get(kafkaTopic);
            KnownTopic now = known == null ? topic : topic.after(known);
            if (!now.equals(known)) {
                Map<String, KnownTopic> after = new HashMap<>(topics);
                after.put(kafkaTopic, now);
                become(after);
            }
        } finally {
            changing.unlock();
        }
    }

    /** The admin client's side, for the provisioner. */
    TopicAdmin admin() {
        return admin;
    }

    /** Runs the task on the directory's thread after the delay. */
    void schedule(Duration delay, Runnable task) {
        thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void refresh() {
        changing.lock();
        try {
            addedDuringRefresh.clear();
        } finally {
            changing.unlock();
        }
        try {
            admin.list().thenCompose(this::withHidden).whenComplete((found, failure) -> {
                if (failure == null) {
                    onRefreshed(found);
                    onRefreshEnded();
                } else {
                    onRefreshFailed(KafkaFailure.cause(failure));
                    schedule(refreshInterval, this::refresh);
                }
            });
        } catch (RuntimeException failure) {
            onRefreshFailed(failure);
            schedule(refreshInterval, this::refresh);
        }
    }

    /**
     * Kafka does not show what one may not see. That is no reason to take a topic for deleted: seen again, it would be
     * read from its first record.
     */
    private CompletionStage<Map<String, KnownTopic>> withHidden(Map<String, KnownTopic> found) {
        Map<String, KnownTopic> all = new ConcurrentHashMap<>(found);
        List<CompletableFuture<?>> each = new ArrayList<>();
        topics.forEach((name, known) -> {
            if (found.containsKey(name)) {
                onSeen(name);
            } else {
                each.add(admin.describe(name)
                        .handle((topic, failure) -> {
                            Throwable cause = failure == null ? null : KafkaFailure.cause(failure);
                            if (cause instanceof AuthorizationException) {
                                onHidden(name);
                            }
                            if (!(cause instanceof UnknownTopicOrPartitionException)) {
                                all.put(name, cause == null && topic != null ? topic : known);
                            }
                            return name;
                        })
                        .toCompletableFuture());
            }
        });
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new))
                .thenApply(described -> all);
    }

    private void onHidden(String kafkaTopic) {
        if (hidden.add(kafkaTopic)) {
            LOG.atWarn().addKeyValue("kafkaTopic", kafkaTopic).log("A Kafka topic cannot be seen any more");
        }
    }

    private void onSeen(String kafkaTopic) {
        if (!hidden.isEmpty() && hidden.remove(kafkaTopic)) {
            LOG.atInfo().addKeyValue("kafkaTopic", kafkaTopic).log("A Kafka topic can be seen again");
        }
    }

    private void onRefreshEnded() {
        CompletableFuture<Void> ended;
        changing.lock();
        try {
            ended = running;
            isRefreshing = false;
        } finally {
            changing.unlock();
        }
        ended.complete(null);
        thread.execute(this::refreshNext);
    }

    private void onRefreshed(Map<String, KnownTopic> found) {
        up.onSuccess();
        lastFailure = null;
        changing.lock();
        try {
            if (!reportedFailures.isEmpty()) {
                reportedFailures.clear();
                LOG.atInfo().log("Kafka's topics can be read again");
            }
            Map<String, KnownTopic> after = new HashMap<>(found);
            topics.forEach((name, topic) -> {
                if (addedDuringRefresh.contains(name)) {
                    after.put(name, topic);
                } else if (after.computeIfPresent(name, (ignored, now) -> now.after(topic)) != null) {
                    absences.remove(name);
                } else if (absences.merge(name, 1, Integer::sum) < ABSENCES_UNTIL_GONE) {
                    after.put(name, topic);
                } else {
                    absences.remove(name);
                }
            });
            if (!after.equals(topics)) {
                become(after);
            }
        } finally {
            changing.unlock();
        }
        loaded.complete(null);
    }

    private void become(Map<String, KnownTopic> after) {
        Map<String, KnownTopic> before = topics;
        topics = Map.copyOf(after);
        for (ChangeListener listener : listeners) {
            listener.onChange(before, topics);
        }
    }

    /** Why Kafka's topics could not be read when they were asked for last; empty when they could, or were not yet. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    private void onRefreshFailed(Throwable failure) {
        lastFailure = failure;
        changing.lock();
        try {
            // A slow start may time out once before it is told that its password is wrong.
            boolean isNew = reportedFailures.add(failure.getClass());
            (isNew ? LOG.atWarn() : LOG.atDebug())
                    .addKeyValue("cause", KafkaFailure.words(failure))
                    .log("Kafka's topics cannot be read, trying on");
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close();
    }
}
