package io.sluice.kafka.ingress;

import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.GroupCommit;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress.OutcomeListener;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import io.sluice.schemas.sparkplug.KnownMetrics;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way, from being taken to its outcome. Confined to the lane's loop, but for Kafka's callback, which
 * hands it over through the loop's mailbox; so no field is shared.
 */
final class Outgoing implements Callback, Runnable, GroupCommit.Item {

    /** What the record takes beside its bytes: Kafka's and our objects, the record's own fields on the wire. */
    private static final int OVERHEAD_BYTES = 256;

    private final KafkaLane lane;
    private final Qos qos;
    private final OutcomeListener listener;
    private final RuleMeters meters;
    private final LoopRules.Term term;
    // Until it is sent.
    private @Nullable ProducerRecord<byte[], byte[]> row;
    private TopicCreation creation;
    private long bytes;
    private final long parkedBytes;
    private @Nullable Unformatted unformatted;
    private @Nullable Refusal deadLetterReason;
    // While it is sent.
    private @Nullable ReadyTopic topic;
    private boolean inSend;
    private boolean completedInSend;
    private @Nullable Exception sendFailure;
    private long sentNanos;
    // When it is done.
    private @Nullable PublishOutcome outcome;
    private @Nullable Companion companion;
    private @Nullable Message retained;

    Outgoing(
            KafkaLane lane,
            Taken taken,
            RuleMeters meters,
            @Nullable ProducerRecord<byte[], byte[]> row,
            TopicCreation creation) {
        this.lane = lane;
        this.qos = taken.qos();
        this.listener = taken.listener();
        this.meters = meters;
        this.term = lane.term();
        term.enter();
        this.row = row;
        this.creation = creation;
        this.bytes = row == null ? 0 : bytes(row);
        this.parkedBytes = bytes;
    }

    /**
     * A payload that has yet to become the record's value.
     *
     * @param receivedMillis when it was received, in ms since 1970
     * @param known what was known of its metrics then
     */
    record Unformatted(IngressFormat format, Message message, Mapped mapped, long receivedMillis, KnownMetrics known) {}

    /** Its payload has yet to become the record's value. Before it is sent. */
    void withFormat(Unformatted newUnformatted) {
        unformatted = newUnformatted;
    }

    /** What is yet to be made of its payload, or null when its record is ready. */
    @Nullable
    Unformatted unformatted() {
        return unformatted;
    }

    /** Its record is ready. */
    void onFormatted(ProducerRecord<byte[], byte[]> formatted) {
        unformatted = null;
        row = formatted;
        bytes = bytes(formatted);
    }

    /** It goes to another topic, for this reason: neither subscribers nor the retained messages know of it. */
    void onDeadLettered(ProducerRecord<byte[], byte[]> letter, TopicCreation letterCreation, Refusal reason) {
        onFormatted(letter);
        creation = letterCreation;
        deadLetterReason = reason;
        retained = null;
    }

    /** It goes in one transaction with this, and with its copy if it is retained. Before it is sent. */
    void with(Companion newCompanion, @Nullable Message newRetained) {
        companion = newCompanion;
        retained = newRetained;
    }

    @Override
    public @Nullable Companion companion() {
        return companion;
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> rows() {
        return List.of(row());
    }

    @Override
    public boolean hasRowsBehind() {
        return retained != null;
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> rowsBehind(RecordMetadata message) {
        return retained == null
                ? List.of()
                : List.of(lane.retainedRow(
                        retained, new LogPartition(message.topic(), message.partition()), message.offset()));
    }

    @Override
    public boolean isWritten() {
        return companion != null && companion.isWritten();
    }

    /** On the thread that commits. */
    @Override
    public void onWritten(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        onTaken();
        if (companion != null) {
            companion.onOutcome(failure == null);
        }
        onCompletion(metadata, failure);
    }

    /** Who gave the message, and how. */
    record Taken(Qos qos, OutcomeListener listener) {}

    /** What a record weighs at the gate. */
    static long bytes(ProducerRecord<byte[], byte[]> row) {
        long sum = OVERHEAD_BYTES;
        byte[] rowValue = row.value();
        if (rowValue != null) {
            sum += rowValue.length;
        }
        byte[] key = row.key();
        if (key != null) {
            sum += key.length;
        }
        for (Header header : row.headers()) {
            byte[] value = header.value();
            sum += header.key().length() + (value == null ? 0 : value.length);
        }
        return sum;
    }

    /** What it weighs at the gate: of the record as it is by now. */
    long bytes() {
        return bytes;
    }

    /** What it weighs before the gate: as it came. */
    long parkedBytes() {
        return parkedBytes;
    }

    Qos qos() {
        return qos;
    }

    ProducerRecord<byte[], byte[]> row() {
        if (row == null) {
            throw new IllegalStateException("outgoing: refused or sent, and so no record (expected: a mapped message)");
        }
        return row;
    }

    /** The Kafka topic it was sent to. */
    String kafkaTopic() {
        return topic == null ? "" : topic.name();
    }

    TopicCreation creation() {
        return creation;
    }

    void beforeSend(ReadyTopic to, long nowNanos) {
        topic = to;
        sentNanos = nowNanos;
        completedInSend = false;
        sendFailure = null;
        inSend = true;
        to.enter();
    }

    void afterSend() {
        inSend = false;
    }

    /** The producer has it, in its own buffer: ours is not needed any more. */
    void onTaken() {
        row = null;
    }

    /** Whether Kafka's client has called back before {@code send} returned, as it does when it refuses to take. */
    boolean isCompletedInSend() {
        return completedInSend;
    }

    @Nullable
    Exception sendFailure() {
        return sendFailure;
    }

    /** The record did not stay with the producer, or is through. */
    void leaveTopic() {
        if (topic != null) {
            topic.leave();
        }
    }

    /** On Kafka's thread, or within send on the loop. */
    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
        if (lane.isInLoop() && inSend) {
            completedInSend = true;
            sendFailure = exception;
            if (exception == null && metadata != null) {
                outcome = stored(metadata);
            }
            return;
        }
        leaveTopic();
        outcome = exception == null && metadata != null ? stored(metadata) : refused(exception);
        lane.onAnswered(this, exception);
    }

    private PublishOutcome refused(@Nullable Exception exception) {
        PublishOutcome.Refused ofTopic = topic == null ? null : topic.refusal();
        return ofTopic == null ? lane.outcomeOf(exception) : ofTopic;
    }

    private PublishOutcome stored(RecordMetadata metadata) {
        if (deadLetterReason != null) {
            return new PublishOutcome.DeadLettered(deadLetterReason);
        }
        return new PublishOutcome.Stored(new LogPartition(metadata.topic(), metadata.partition()), metadata.offset());
    }

    long sentNanos() {
        return sentNanos;
    }

    void refuse(PublishOutcome.Refused refused) {
        outcome = refused;
    }

    /** The hand-over: on the loop. */
    @Override
    public void run() {
        PublishOutcome told = outcome;
        if (told == null) {
            throw new IllegalStateException("outgoing: handed over without an outcome (expected: one)");
        }
        meters.count(qos, told);
        term.leave();
        lane.onDone(listener, told);
    }
}
