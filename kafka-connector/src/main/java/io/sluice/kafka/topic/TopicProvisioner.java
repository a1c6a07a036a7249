package io.sluice.kafka.topic;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka topics on first use: one request per name however many ask, several names in one request. Safe for all
 * threads: whoever asks for a name first queues it, the directory's thread sends what is queued. While Kafka is away
 * a request waits; only an answer of Kafka's can refuse it.
 */
public final class TopicProvisioner {

    private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);

    private static final int NAMES_PER_REQUEST_MAX = 100;
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);
    /** A device that insists on a name that cannot be must not keep the admin client busy. */
    private static final Duration REFUSAL_REMEMBERED = Duration.ofSeconds(5);

    private static final int REFUSALS_REMEMBERED_MAX = 10_000;

    private final TopicDirectory directory;
    private final int topicsMax;
    private final Predicate<String> isCounted;
    private final CreationMeters meters;
    private final ConcurrentMap<String, CompletableFuture<Optional<Refused>>> underWay = new ConcurrentHashMap<>();
    private final Queue<Wanted> queue = new ConcurrentLinkedQueue<>();
    /** Requests that are under way, so that they count before the directory knows their topics. */
    private final AtomicInteger creating = new AtomicInteger();

    private final AtomicBoolean flushScheduled = new AtomicBoolean();
    private final Cache<String, Refused> refusals = Caffeine.newBuilder()
            .maximumSize(REFUSALS_REMEMBERED_MAX)
            .expireAfterWrite(REFUSAL_REMEMBERED)
            .build();

    /**
     * @param directory where new topics are entered before anyone writes to them
     * @param isCounted which of the cluster's topics count towards the limit: those that rules write to
     */
    public TopicProvisioner(
            TopicDirectory directory, TopicSettings settings, Predicate<String> isCounted, MeterRegistry registry) {
        this.directory = directory;
        this.topicsMax = settings.topicsMax();
        this.isCounted = isCounted;
        meters = new CreationMeters(registry);
        Gauge.builder("sluice.kafka.topics", this, TopicProvisioner::countedTopics)
                .description("Kafka topics that rules write to")
                .strongReference(true)
                .register(registry);
        Gauge.builder("sluice.kafka.topics.waiting", underWay, ConcurrentMap::size)
                .description("Kafka topics that are asked for and neither there nor refused yet")
                .register(registry);
        Gauge.builder("sluice.kafka.topics.limit", () -> topicsMax)
                .description("Most Kafka topics that rules may lead to")
                .register(registry);
    }

    private record Wanted(
            String kafkaTopic, TopicCreation creation, int attempt, CompletableFuture<Optional<Refused>> result) {

        Wanted again() {
            return new Wanted(kafkaTopic, creation, attempt + 1, result);
        }
    }

    /**
     * Sees to it that the topic exists.
     *
     * @return empty when it does, else why it cannot be; on any thread. Waits while Kafka is away.
     */
    public CompletionStage<Optional<Refused>> ensure(String kafkaTopic, TopicCreation creation) {
        if (directory.topics().containsKey(kafkaTopic)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Refused known = refusals.getIfPresent(kafkaTopic);
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        CompletableFuture<Optional<Refused>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<Refused>> first = underWay.putIfAbsent(kafkaTopic, mine);
        if (first != null) {
            return first.copy();
        }
        queue.add(new Wanted(kafkaTopic, creation, 0, mine));
        // Before the first look at Kafka's topics nobody knows how many there are.
        directory.loaded().thenRun(() -> scheduleFlush(Duration.ZERO));
        return mine;
    }

    /** Asks anew for what was refused: other rules are in force. Any thread. */
    public void forgetRefusals() {
        refusals.invalidateAll();
    }

    /**
     * Completes when the leaders of a topic that exists serve its partitions; a broker that was told to lead one is in
     * the metadata a moment before. Fails with Kafka's exception. On any thread.
     */
    public CompletionStage<Void> awaitLeaders(String kafkaTopic, int partitions) {
        return directory.admin().awaitLeaders(kafkaTopic, partitions);
    }

    /** Whether Kafka lets us see a topic that was there: empty when it does, or cannot be asked. On any thread. */
    public CompletionStage<Optional<Refused>> check(String kafkaTopic) {
        return directory.admin().describe(kafkaTopic).handle((topic, failure) -> {
            Throwable cause = failure == null ? null : KafkaFailure.cause(failure);
            return cause instanceof AuthorizationException
                    ? Optional.of(new Refused(
                            Refusal.NOT_AUTHORIZED,
                            "Kafka topic " + kafkaTopic + " may not be written: " + cause.getMessage()))
                    : Optional.<Refused>empty();
        });
    }

    private void scheduleFlush(Duration delay) {
        if (flushScheduled.compareAndSet(false, true)) {
            directory.schedule(delay, this::flush);
        }
    }

    /** On the directory's thread. */
    private void flush() {
        flushScheduled.set(false);
        Map<String, Wanted> creatable = new HashMap<>();
        long room = (long) topicsMax - countedTopics() - creating.get();
        for (int i = 0; i < NAMES_PER_REQUEST_MAX; i++) {
            Wanted wanted = queue.poll();
            if (wanted == null) {
                break;
            }
            if (wanted.creation().enabled() && room > creatable.size()) {
                creatable.put(wanted.kafkaTopic(), wanted);
            } else {
                // The directory may be seconds old: somebody else may have made it.
                describe(wanted);
            }
        }
        create(creatable);
        if (!queue.isEmpty()) {
            scheduleFlush(Duration.ZERO);
        }
    }

    private void create(Map<String, Wanted> creatable) {
        if (creatable.isEmpty()) {
            return;
        }
        Map<String, TopicCreation> creations = new HashMap<>();
        creatable.forEach((name, wanted) -> creations.put(name, wanted.creation()));
        try {
            directory.admin().create(creations).forEach((name, result) -> {
                Wanted wanted = creatable.get(name);
                if (wanted != null) {
                    creating.incrementAndGet();
                    result.whenComplete((topic, failure) -> onCreated(wanted, topic, failure));
                }
            });
        } catch (RuntimeException failure) {
            creatable.values().forEach(wanted -> onFailed(wanted, failure));
        }
    }

    private void onCreated(Wanted wanted, KnownTopic topic, Throwable failure) {
        if (failure == null) {
            meters.created();
            LOG.atInfo().addKeyValue("kafkaTopic", wanted.kafkaTopic()).log("Kafka topic created");
            directory.add(wanted.kafkaTopic(), topic);
        }
        creating.decrementAndGet();
        if (failure == null) {
            complete(wanted, Optional.empty());
        } else if (KafkaFailure.cause(failure) instanceof TopicExistsException) {
            meters.existed();
            describe(wanted);
        } else {
            onFailed(wanted, KafkaFailure.cause(failure));
        }
    }

    private void describe(Wanted wanted) {
        try {
            directory.admin().describe(wanted.kafkaTopic()).whenComplete((topic, failure) -> {
                if (failure == null) {
                    onThere(wanted, topic);
                } else if (KafkaFailure.cause(failure) instanceof UnknownTopicOrPartitionException) {
                    onAbsent(wanted);
                } else {
                    onFailed(wanted, KafkaFailure.cause(failure));
                }
            });
        } catch (RuntimeException failure) {
            onFailed(wanted, failure);
        }
    }

    private void onThere(Wanted wanted, KnownTopic topic) {
        directory.add(wanted.kafkaTopic(), topic);
        complete(wanted, Optional.empty());
    }

    private void onAbsent(Wanted wanted) {
        if (!wanted.creation().enabled()) {
            refuse(
                    wanted,
                    new Refused(
                            Refusal.TOPIC_NAME,
                            "Kafka topic " + wanted.kafkaTopic() + " does not exist (expected: an existing one, the"
                                    + " rule creates none)"));
        } else if (countedTopics() + creating.get() >= topicsMax) {
            refuse(
                    wanted,
                    new Refused(
                            Refusal.TOPIC_LIMIT,
                            "Kafka topic " + wanted.kafkaTopic() + " would be one more than " + topicsMax
                                    + " (expected: at most as many topics as the limit)"));
        } else {
            // It was said to exist, and is gone again or not known everywhere yet.
            retry(wanted);
        }
    }

    private void onFailed(Wanted wanted, Throwable failure) {
        Optional<Refused> refused = TopicRefusals.of(wanted.kafkaTopic(), failure);
        if (refused.isPresent()) {
            refuse(wanted, refused.get());
            return;
        }
        meters.retried();
        (wanted.attempt() == 0 ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", wanted.kafkaTopic())
                .addKeyValue("cause", failure.toString())
                .log("Kafka topic not created yet, trying on");
        retry(wanted);
    }

    private void retry(Wanted wanted) {
        directory.schedule(RETRY_DELAY, () -> {
            queue.add(wanted.again());
            scheduleFlush(Duration.ZERO);
        });
    }

    private void refuse(Wanted wanted, Refused refused) {
        meters.refused(refused.refusal());
        LOG.atDebug()
                .addKeyValue("kafkaTopic", wanted.kafkaTopic())
                .addKeyValue("refusal", refused.refusal().id())
                .addKeyValue("cause", refused.detail())
                .log("Kafka topic refused");
        refusals.put(wanted.kafkaTopic(), refused);
        complete(wanted, Optional.of(refused));
    }

    private void complete(Wanted wanted, Optional<Refused> refused) {
        // Removed first: who asks again after the answer starts anew.
        underWay.remove(wanted.kafkaTopic(), wanted.result());
        wanted.result().complete(refused);
    }

    private int countedTopics() {
        int count = 0;
        for (String name : directory.topics().keySet()) {
            if (isCounted.test(name)) {
                count++;
            }
        }
        return count;
    }
}
