package io.sluice.kafka.ingress;

import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka topics ready to be sent to: they exist, the producer has their metadata, which it must not fetch on an
 * event loop, and their leaders serve them. Safe for all threads; the work is done on a thread of its own, once per
 * topic however many ask.
 *
 * <p>The leaders matter for the order: several requests are under way at once. If a leader that is in the metadata
 * refuses the first since it does not lead yet, and takes the second, then it has never heard of this producer and
 * believes any sequence number (KAFKA-15591). The first is then refused for ever, and its devices never answered.
 */
final class TopicReadiness implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicReadiness.class);
    private static final long FIRST_DELAY_MILLIS = 2;
    private static final long DELAY_MILLIS_MAX = 250;
    /** After so many looks, a tenth of a second, the topic may be one that Kafka does not show us any more. */
    private static final int LOOKS_UNTIL_CHECKED = 6;

    /** After so many looks, about 3 s, the topic may be gone again, or Kafka. */
    private static final int LOOKS_UNTIL_ASKED_AGAIN = 20;

    private static final Optional<Refused> CLOSED =
            Optional.of(new Refused(Refusal.KAFKA, "the way into Kafka is closed"));

    private final TopicProvisioner provisioner;
    private final RecordProducer producer;
    private final ScheduledThreadPoolExecutor thread;
    /** All that were sent to and exist, or have messages that wait for them to exist again. */
    private final ConcurrentMap<String, ReadyTopic> topics = new ConcurrentHashMap<>();

    private final LostTopics lost;
    private final ConcurrentMap<String, CompletableFuture<Optional<Refused>>> underWay = new ConcurrentHashMap<>();

    TopicReadiness(TopicDirectory directory, TopicProvisioner provisioner, RecordProducer producer) {
        this.provisioner = provisioner;
        this.producer = producer;
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "topic-readiness");
            created.setDaemon(true);
            return created;
        });
        thread.setRejectedExecutionHandler((task, executor) -> {});
        lost = new LostTopics(producer, thread, topics.values());
        directory.addListener(this::onTopicsChanged);
    }

    /** The topic, or null when it must be prepared first. */
    @Nullable
    ReadyTopic ready(String kafkaTopic) {
        ReadyTopic topic = topics.get(kafkaTopic);
        return topic != null && topic.isReady() ? topic : null;
    }

    /** The producer does not know the topic any more. */
    void forget(ReadyTopic topic) {
        topic.ready(false);
    }

    /** Prepares the topic; empty when it is ready, else why it will not be. On any thread; waits while Kafka is away. */
    CompletionStage<Optional<Refused>> prepare(String kafkaTopic, TopicCreation creation) {
        if (producer.isClosed()) {
            return CompletableFuture.completedFuture(CLOSED);
        }
        CompletableFuture<Optional<Refused>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<Refused>> first = underWay.putIfAbsent(kafkaTopic, mine);
        if (first != null) {
            return first;
        }
        new Preparation(kafkaTopic, creation, mine).ensure();
        return mine;
    }

    /** One topic on its way to be ready. Confined to the readiness thread after its first step. */
    private final class Preparation {

        private final String kafkaTopic;
        private final TopicCreation creation;
        private final CompletableFuture<Optional<Refused>> result;
        private int looks;
        private long delayMillis = FIRST_DELAY_MILLIS;

        Preparation(String kafkaTopic, TopicCreation creation, CompletableFuture<Optional<Refused>> result) {
            this.kafkaTopic = kafkaTopic;
            this.creation = creation;
            this.result = result;
        }

        void ensure() {
            looks = 0;
            provisioner.ensure(kafkaTopic, creation).thenAccept(refused -> {
                if (refused.isPresent()) {
                    complete(refused);
                } else {
                    thread.execute(this::look);
                }
            });
        }

        /** Asking for the partitions makes the producer fetch them, and fails at once until it has them. */
        private void look() {
            CompletionStage<Void> led;
            try {
                int partitions = producer.partitionsFor(kafkaTopic).size();
                led = provisioner.awaitLeaders(kafkaTopic, partitions);
            } catch (RuntimeException failure) {
                onLooked(failure);
                return;
            }
            led.whenComplete((done, failure) -> thread.execute(() -> onLooked(failure)));
        }

        private void onLooked(@Nullable Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause == null) {
                becomeReady();
                complete(Optional.empty());
            } else if (cause instanceof RetriableException && !producer.isClosed()) {
                lookAgain();
            } else {
                complete(Optional.of(
                        producer.isClosed() ? new Refused(Refusal.KAFKA, "closed") : ProduceOutcomes.refused(cause)));
            }
        }

        private void becomeReady() {
            ReadyTopic known = topics.get(kafkaTopic);
            if (known != null && known.refusal() == null) {
                // Its messages that are still with the producer are on their way again.
                known.ready(true);
            } else {
                topics.put(kafkaTopic, new ReadyTopic(kafkaTopic, creation));
            }
        }

        private void lookAgain() {
            looks++;
            if (looks == LOOKS_UNTIL_ASKED_AGAIN) {
                ensure();
                return;
            }
            if (looks == LOOKS_UNTIL_CHECKED) {
                check();
                return;
            }
            schedule();
        }

        /** With {@code max.block.ms=0} the producer says of such a topic that it does not know it yet, for ever. */
        private void check() {
            provisioner.check(kafkaTopic).thenAccept(refused -> {
                if (refused.isPresent()) {
                    complete(refused);
                } else {
                    thread.execute(this::schedule);
                }
            });
        }

        private void schedule() {
            thread.schedule(this::look, delayMillis, TimeUnit.MILLISECONDS);
            delayMillis = Math.min(2 * delayMillis, DELAY_MILLIS_MAX);
        }

        private void complete(Optional<Refused> refused) {
            underWay.remove(kafkaTopic, result);
            result.complete(refused);
        }
    }

    private void onTopicsChanged(Map<String, KnownTopic> before, Map<String, KnownTopic> after) {
        for (String name : before.keySet()) {
            ReadyTopic gone = after.containsKey(name) ? null : topics.get(name);
            if (gone != null) {
                gone.ready(false);
                thread.execute(() -> onGone(gone));
            }
        }
    }

    /** Somebody deleted it. What is under way would wait for it for ever, and so would the devices. */
    private void onGone(ReadyTopic gone) {
        // A look that had begun before may have said so again.
        gone.ready(false);
        if (gone.unacknowledged() == 0) {
            topics.remove(gone.name(), gone);
            return;
        }
        LOG.atWarn().addKeyValue("kafkaTopic", gone.name()).log("Kafka topic was deleted while messages wait for it");
        prepare(gone.name(), gone.creation())
                .thenAccept(refused -> refused.ifPresent(why -> thread.execute(() -> onGoneForGood(gone, why))));
    }

    private void onGoneForGood(ReadyTopic gone, Refused why) {
        topics.remove(gone.name(), gone);
        if (gone.unacknowledged() > 0 && !producer.isClosed()) {
            lost.add(gone, why);
        }
    }

    /** Does what may not be done on a loop. Any thread. */
    void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        for (CompletableFuture<Optional<Refused>> waiting : underWay.values()) {
            waiting.complete(CLOSED);
        }
    }
}
