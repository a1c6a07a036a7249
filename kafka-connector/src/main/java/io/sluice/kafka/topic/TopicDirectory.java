package io.sluice.kafka.topic;

import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
    private boolean refreshFailing;

    private volatile Map<String, KnownTopic> topics = Map.of();

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
        thread.execute(this::refresh);
    }

    /** All topics by name. Immutable. */
    public Map<String, KnownTopic> topics() {
        return topics;
    }

    /** Completes when Kafka's topics were read for the first time. */
    public CompletionStage<Void> loaded() {
        return loaded.minimalCompletionStage();
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
            admin.list().whenComplete((found, failure) -> {
                if (failure == null) {
                    onRefreshed(found);
                } else {
                    onRefreshFailed(KafkaFailure.cause(failure));
                }
                schedule(refreshInterval, this::refresh);
            });
        } catch (RuntimeException failure) {
            onRefreshFailed(failure);
            schedule(refreshInterval, this::refresh);
        }
    }

    private void onRefreshed(Map<String, KnownTopic> found) {
        up.onSuccess();
        changing.lock();
        try {
            if (refreshFailing) {
                refreshFailing = false;
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

    private void onRefreshFailed(Throwable failure) {
        changing.lock();
        try {
            (refreshFailing ? LOG.atDebug() : LOG.atWarn())
                    .addKeyValue("cause", failure.toString())
                    .log("Kafka's topics cannot be read, trying on");
            refreshFailing = true;
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
