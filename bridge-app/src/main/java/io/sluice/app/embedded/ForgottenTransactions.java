package io.sluice.app.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions of which the coordinator has forgotten a partition (a "hanging transaction", KIP-664): readers of
 * what is committed would wait there for ever.
 *
 * <p>They come about when a node is killed between a transaction's decision and its last marker: while it starts again
 * its partitions have no leader for a moment, and Kafka's coordinator takes a partition without a leader for a deleted one
 * and skips it. The coordinator still knows how it had decided as long as nobody has used the transactional id again: so
 * this comes first after a start. Confined to the thread that starts Kafka; blocks.
 */
final class ForgottenTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(ForgottenTransactions.class);
    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final short STRICT_EPOCHS = 2;
    private static final short MARKERS_VERSION = 2;

    /** Left open in a partition. */
    record Open(TopicPartition partition, ProducerState producer) {}

    /** The marker that is missing: how, and with which epoch. */
    record Marker(TransactionResult result, int producerEpoch) {}

    private final Admin admin;
    private final BrokerSocket broker;

    ForgottenTransactions(Admin admin, BrokerSocket broker) {
        this.admin = admin;
        this.broker = broker;
    }

    /** Returns how many were ended. */
    int end() throws IOException, ExecutionException, InterruptedException {
        long begin = System.nanoTime();
        int ended = 0;
        while (true) {
            boolean waits = false;
            List<Open> all = open();
            Map<Long, TransactionDescription> known = all.isEmpty() ? Map.of() : transactions();
            boolean isLate = System.nanoTime() - begin > DECIDED_WITHIN.toNanos();
            for (Open open : all) {
                TransactionDescription description = known.get(open.producer().producerId());
                if (!isLate && isUndecided(description)) {
                    waits = true;
                    continue;
                }
                Marker missing = missing(open.producer(), description);
                if (missing != null) {
                    write(open, missing);
                    ended++;
                }
            }
            if (!waits) {
                return ended;
            }
            LockSupport.parkNanos(this, POLL.toNanos());
        }
    }

    /** The coordinator has not loaded what it knows, or is writing markers now. */
    private static boolean isUndecided(@Nullable TransactionDescription known) {
        return known == null
                || known.state() == TransactionState.PREPARE_COMMIT
                || known.state() == TransactionState.PREPARE_ABORT;
    }

    private List<Open> open() throws ExecutionException, InterruptedException {
        List<Open> open = new ArrayList<>();
        for (TopicPartition partition : heldUp()) {
            for (ProducerState producer : producers(partition)) {
                if (producer.currentTransactionStartOffset().isPresent()) {
                    open.add(new Open(partition, producer));
                }
            }
        }
        return open;
    }

    /** Partitions in which something may still be open. */
    private List<TopicPartition> heldUp() throws ExecutionException, InterruptedException {
        Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        admin.describeTopics(topics).allTopicNames().get().forEach((topic, description) -> description
                .partitions()
                .forEach(partition -> all.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        Map<TopicPartition, ListOffsetsResultInfo> ends = ends(all, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, ListOffsetsResultInfo> stable = ends(all, IsolationLevel.READ_COMMITTED);
        List<TopicPartition> heldUp = new ArrayList<>();
        ends.forEach((partition, end) -> {
            ListOffsetsResultInfo until = stable.get(partition);
            if (until == null || until.offset() < end.offset()) {
                heldUp.add(partition);
            }
        });
        return heldUp;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> ends(
            Map<TopicPartition, OffsetSpec> partitions, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        return admin.listOffsets(partitions, new ListOffsetsOptions(isolation))
                .all()
                .get();
    }

    private List<ProducerState> producers(TopicPartition partition) throws ExecutionException, InterruptedException {
        return admin.describeProducers(List.of(partition))
                .partitionResult(partition)
                .get()
                .activeProducers();
    }

    private Map<Long, TransactionDescription> transactions() throws ExecutionException, InterruptedException {
        Set<String> ids = admin.listTransactions().all().get().stream()
                .map(TransactionListing::transactionalId)
                .collect(Collectors.toSet());
        return admin.describeTransactions(ids).all().get().values().stream()
                .collect(Collectors.toMap(TransactionDescription::producerId, description -> description));
    }

    /**
     * How the transaction must be ended here.
     *
     * @param known what the coordinator knows of the producer, or null for nothing
     * @return null when it is open elsewhere as well, so that the coordinator will end it
     */
    static @Nullable Marker missing(ProducerState open, @Nullable TransactionDescription known) {
        if (known == null) {
            return new Marker(TransactionResult.ABORT, open.producerEpoch() + 1);
        }
        int ahead = known.producerEpoch() - open.producerEpoch();
        return switch (known.state()) {
            // From transaction.version 2 on the decision raises the epoch (KIP-890).
            case COMPLETE_COMMIT ->
                new Marker(
                        ahead == 0 || ahead == 1 ? TransactionResult.COMMIT : TransactionResult.ABORT,
                        known.producerEpoch());
            case ONGOING, PREPARE_COMMIT, PREPARE_ABORT, PREPARE_EPOCH_FENCE ->
                ahead == 0 ? null : new Marker(TransactionResult.ABORT, known.producerEpoch());
            case EMPTY, COMPLETE_ABORT, UNKNOWN ->
                new Marker(TransactionResult.ABORT, Math.max(known.producerEpoch(), open.producerEpoch()));
        };
    }

    private void write(Open open, Marker missing) throws IOException {
        ProducerState producer = open.producer();
        boolean isRaised = missing.producerEpoch() > producer.producerEpoch();
        TxnMarkerEntry entry = new TxnMarkerEntry(
                producer.producerId(),
                (short) missing.producerEpoch(),
                producer.coordinatorEpoch().orElse(0),
                missing.result(),
                List.of(open.partition()),
                isRaised ? STRICT_EPOCHS : 1);
        WriteTxnMarkersRequest request = new WriteTxnMarkersRequest.Builder(List.of(entry)).build(MARKERS_VERSION);
        WriteTxnMarkersResponse response =
                (WriteTxnMarkersResponse) broker.ask(ApiKeys.WRITE_TXN_MARKERS, MARKERS_VERSION, request);
        Errors error = response.errorsByProducerId()
                .getOrDefault(producer.producerId(), Map.of())
                .get(open.partition());
        if (error != Errors.NONE) {
            throw new IOException("embedded Kafka: " + missing + " cannot be written to " + open + ": " + error);
        }
        LOG.atWarn()
                .addKeyValue("kafkaTopic", open.partition().topic())
                .addKeyValue("partition", open.partition().partition())
                .addKeyValue("producerId", producer.producerId())
                .addKeyValue("result", missing.result())
                .log("Kafka had not ended a transaction before it was killed, ended it");
    }
}
