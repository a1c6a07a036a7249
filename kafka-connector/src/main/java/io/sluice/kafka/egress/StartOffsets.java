package io.sluice.kafka.egress;

import io.sluice.kafka.topic.KafkaFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for partitions' last stable offsets, where subscribers begin. Confined to its tail's thread, which never waits
 * for it: answers come through the tail's commands, and a partition without a leader holds up nobody but who wants it.
 */
final class StartOffsets {

    private static final Logger LOG = LoggerFactory.getLogger(StartOffsets.class);
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();
    /** Who may not read a topic may again one day; Kafka's client logs each refusal. */
    private static final long DENIED_RETRY_NANOS = Duration.ofSeconds(5).toNanos();
    /** The offset of a partition of which Kafka does not tell us. */
    static final long DENIED = -1;

    /** Who comes while a question is so young goes with the next: a storm of subscribers is a few questions. */
    private static final long GATHER_NANOS = Duration.ofMillis(20).toNanos();

    private final Function<Collection<TopicPartition>, Map<TopicPartition, ? extends CompletionStage<Long>>> ask;
    private final Runnable onAnswers;
    // Seen by the threads that answer.
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean told = new AtomicBoolean();
    // Of the tail's thread.
    private int asking;
    private long askedNanos;
    private boolean failing;

    /** What one subscriber has been told so far. Confined to the tail's thread. */
    static final class Wanted {
        private final Map<TopicPartition, Long> offsets = new HashMap<>();
        private final Set<TopicPartition> asked = new HashSet<>();
        private final Map<TopicPartition, Long> retryAtNanos = new HashMap<>();
        private final boolean isPatient;

        /** @param isPatient asks on where Kafka denies an answer, instead of being told that it does */
        Wanted(boolean isPatient) {
            this.isPatient = isPatient;
        }

        private void retry(TopicPartition partition, long atNanos) {
            asked.remove(partition);
            retryAtNanos.put(partition, atNanos);
        }

        /** Forgets the partition, which may be asked for again. */
        void forget(TopicPartition partition) {
            offsets.remove(partition);
            asked.remove(partition);
        }

        /** The offsets that are known. */
        Map<TopicPartition, Long> offsets() {
            return offsets;
        }
    }

    private record Answer(
            TopicPartition partition,
            @Nullable Long offset,
            @Nullable Throwable failure,
            List<Wanted> askers) {}

    /**
     * @param ask asks Kafka for last stable offsets; completes on any thread, each by itself
     * @param onAnswers called on any thread when {@link #takeAnswers} is to be called on the tail's
     */
    StartOffsets(
            Function<Collection<TopicPartition>, Map<TopicPartition, ? extends CompletionStage<Long>>> ask,
            Runnable onAnswers) {
        this.ask = ask;
        this.onAnswers = onAnswers;
    }

    /** Asks for what is wanted and was not asked for yet. */
    void ask(Map<Wanted, ? extends Collection<TopicPartition>> wanted, long nowNanos) {
        if (asking > 0 && nowNanos - askedNanos < GATHER_NANOS) {
            return;
        }
        Map<TopicPartition, List<Wanted>> askers = new HashMap<>();
        wanted.forEach((one, partitions) -> {
            for (TopicPartition partition : partitions) {
                Long retryAt = one.retryAtNanos.get(partition);
                if ((retryAt == null || nowNanos - retryAt >= 0) && one.asked.add(partition)) {
                    askers.computeIfAbsent(partition, ignored -> new ArrayList<>())
                            .add(one);
                }
            }
        });
        if (askers.isEmpty()) {
            return;
        }
        askedNanos = nowNanos;
        asking += askers.size();
        ask.apply(askers.keySet())
                .forEach((partition, offset) -> offset.whenComplete((stable, failure) ->
                        answer(new Answer(partition, stable, failure, askers.getOrDefault(partition, List.of())))));
    }

    private void answer(Answer answer) {
        answers.add(answer);
        if (told.compareAndSet(false, true)) {
            onAnswers.run();
        }
    }

    /** Gives the answers that have come to those who asked. */
    void takeAnswers(long nowNanos) {
        told.set(false);
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            asking--;
            Long offset = answer.offset;
            Throwable failure = answer.failure;
            boolean isDenied = failure != null && KafkaFailure.cause(failure) instanceof AuthorizationException;
            for (Wanted asker : answer.askers) {
                if (offset != null) {
                    asker.offsets.put(answer.partition, offset);
                } else if (!isDenied) {
                    asker.retry(answer.partition, nowNanos + RETRY_NANOS);
                } else if (asker.isPatient) {
                    asker.retry(answer.partition, nowNanos + DENIED_RETRY_NANOS);
                } else {
                    asker.offsets.put(answer.partition, DENIED);
                }
            }
            if (failure != null) {
                (failing ? LOG.atDebug() : LOG.atWarn())
                        .addKeyValue("partition", answer.partition)
                        .addKeyValue("cause", KafkaFailure.cause(failure).toString())
                        .log("Where subscribers begin cannot be read from Kafka, trying on");
            }
            failing = failure != null;
        }
    }
}
