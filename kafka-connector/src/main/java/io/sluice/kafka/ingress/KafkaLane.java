package io.sluice.kafka.ingress;

import io.sluice.kafka.ingress.ProducerGate.GateShare;
import io.sluice.kafka.mapping.IngressMapping;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.MessageHeaders;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Ingress.Lane;
import io.sluice.mqtt.port.Ingress.OutcomeListener;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's way into Kafka. Confined to its loop; the gate and Kafka's callbacks reach it through the loop's
 * mailbox. Keeps the order: what cannot be sent yet is parked, and nothing overtakes what is parked.
 */
final class KafkaLane implements Lane, GateShare {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLane.class);

    /** A turn at the gate: large enough that a turn's hand-over costs little, small enough to be fair. */
    private static final long QUANTUM_BYTES_MAX = 32 << 10;

    /** So many turns fit into the gate at least: one turn must not fill it, and never exceed it. */
    private static final int TURNS_MIN = 16;

    private static final Duration BUFFER_RETRY_DELAY = Duration.ofMillis(5);

    /** What the first parked message waits for. */
    private enum Wait {
        NOTHING,
        TOPIC,
        GATE,
        BUFFER
    }

    private final LaneSurroundings around;
    private final Loop loop;
    private final LoopMailbox<Runnable> mailbox;
    private final Runnable onReadable;
    // What waits before the gate.
    private final Queue<Outgoing> parked = new ArrayDeque<>();
    private long parkedBytes;
    private Wait wait = Wait.NOTHING;
    private volatile long wantedBytes;
    private long grantedBytes;
    private long creditBytes;
    // What the connection sees.
    private int pending;
    private boolean readable = true;
    private boolean closed;
    // The meters of the rule that matched last: a connection rarely changes rules.
    private @Nullable IngressRule lastRule;
    private @Nullable RuleMeters lastMeters;

    KafkaLane(LaneSurroundings around, Loop loop, LoopMailbox<Runnable> mailbox, Runnable onReadable) {
        this.around = around;
        this.loop = loop;
        this.mailbox = mailbox;
        this.onReadable = onReadable;
    }

    @Override
    public void publish(Message message, OutcomeListener listener) {
        assert loop.inLoop();
        pending++;
        Outgoing.Taken taken = new Outgoing.Taken(message.qos(), listener);
        Outgoing outgoing;
        try {
            outgoing = map(message, taken);
        } catch (RuntimeException bug) {
            onBug(bug);
            refuse(unmapped(taken, ""), new Refused(Refusal.KAFKA, "internal error"));
            return;
        }
        if (outgoing == null) {
            return;
        }
        if (!parked.isEmpty() || !send(outgoing)) {
            park(outgoing);
        }
        releaseCredit();
        updateReadable();
    }

    /** The record for the message, or null when it was refused. */
    private @Nullable Outgoing map(Message message, Outgoing.Taken taken) {
        IngressMapping mapping = around.rules().map(message.topicName(), message.publisher());
        if (mapping instanceof IngressMapping.Unmapped unmapped) {
            refuse(unmapped(taken, unmapped.ruleName()), new Refused(unmapped.refusal(), unmapped.detail()));
            return null;
        }
        IngressMapping.Mapped mapped = (IngressMapping.Mapped) mapping;
        ProducerRecord<byte[], byte[]> row = new ProducerRecord<>(
                mapped.kafkaTopic(), null, mapped.key(), message.payload().bytes(), MessageHeaders.of(message, mapped));
        return new Outgoing(
                this, taken, metersOf(mapped.rule()), row, mapped.rule().creation());
    }

    private Outgoing unmapped(Outgoing.Taken taken, String ruleName) {
        RuleMeters meters = around.meters().rule(ruleName);
        return new Outgoing(this, taken, meters, null, TopicCreation.BROKER_DEFAULTS);
    }

    private RuleMeters metersOf(IngressRule rule) {
        RuleMeters meters = lastMeters;
        if (meters == null || !rule.equals(lastRule)) {
            meters = around.meters().rule(rule.name());
            lastRule = rule;
            lastMeters = meters;
        }
        return meters;
    }

    private void park(Outgoing outgoing) {
        parked.add(outgoing);
        parkedBytes += outgoing.bytes();
        around.lookAhead().add(outgoing.bytes());
        updateWanted();
    }

    private void unpark() {
        Outgoing outgoing = parked.remove();
        parkedBytes -= outgoing.bytes();
        around.lookAhead().add(-outgoing.bytes());
    }

    private void updateWanted() {
        Outgoing head = parked.peek();
        if (head != null) {
            wantedBytes = turnBytes(head);
        }
    }

    private long turnBytes(Outgoing first) {
        long quantumBytes = Math.min(QUANTUM_BYTES_MAX, around.gate().limitBytes() / TURNS_MIN);
        return Math.max(first.bytes(), Math.min(quantumBytes, parkedBytes));
    }

    /** Sends what is parked, as far as it goes. */
    private void drain() {
        assert loop.inLoop();
        while (wait == Wait.NOTHING) {
            Outgoing head = parked.peek();
            if (head == null || !send(head)) {
                break;
            }
            unpark();
            updateWanted();
        }
        releaseCredit();
        updateReadable();
    }

    private void releaseCredit() {
        if (creditBytes > 0) {
            long unused = creditBytes;
            creditBytes = 0;
            around.gate().release(unused);
        }
    }

    /** Whether the message is off the lane: sent or refused. If not, {@link #wait} says what for. */
    private boolean send(Outgoing outgoing) {
        ProducerRecord<byte[], byte[]> row = outgoing.row();
        ReadyTopic topic = around.topics().ready(row.topic());
        if (topic == null) {
            awaitTopic(outgoing);
            return false;
        }
        if (!acquire(outgoing)) {
            return false;
        }
        outgoing.beforeSend(topic, around.meters().clock().monotonicTime());
        Exception failure;
        try {
            around.producer().send(row, outgoing);
            outgoing.afterSend();
            if (!outgoing.isCompletedInSend()) {
                return true;
            }
            failure = outgoing.sendFailure();
        } catch (RuntimeException thrown) {
            outgoing.afterSend();
            failure = thrown;
        }
        outgoing.leaveTopic();
        return onSettledInSend(outgoing, topic, failure);
    }

    private boolean acquire(Outgoing outgoing) {
        if (creditBytes >= outgoing.bytes()) {
            creditBytes -= outgoing.bytes();
            return true;
        }
        releaseCredit();
        if (around.gate().tryAcquire(outgoing.bytes())) {
            return true;
        }
        wait = Wait.GATE;
        wantedBytes = turnBytes(outgoing);
        around.gate().await(this);
        return false;
    }

    private boolean onSettledInSend(Outgoing outgoing, ReadyTopic topic, @Nullable Exception failure) {
        if (failure instanceof BufferExhaustedException) {
            // The producer is as full as a closed gate; it frees its memory a moment after the callbacks.
            around.gate().release(outgoing.bytes());
            wait = Wait.BUFFER;
            loop.schedule(BUFFER_RETRY_DELAY, this::proceed);
            return false;
        }
        if (failure instanceof TimeoutException) {
            around.gate().release(outgoing.bytes());
            around.topics().forget(topic);
            awaitTopic(outgoing);
            return false;
        }
        if (failure != null) {
            outgoing.refuse(outcomeOf(failure));
        }
        onAnswered(outgoing, failure);
        return true;
    }

    private void awaitTopic(Outgoing outgoing) {
        wait = Wait.TOPIC;
        around.topics()
                .prepare(outgoing.row().topic(), outgoing.creation())
                .thenAccept(refused -> mailbox.post(() -> onTopic(refused)));
    }

    private void onTopic(Optional<Refused> refused) {
        if (refused.isPresent()) {
            Outgoing head = parked.peek();
            assert head != null;
            unpark();
            updateWanted();
            refuse(head, refused.get());
        }
        proceed();
    }

    private void proceed() {
        wait = Wait.NOTHING;
        drain();
    }

    @Override
    public long wantedBytes() {
        return wantedBytes;
    }

    /** On the thread that made room. The mailbox makes the field visible to the loop. */
    @Override
    public void onGranted(long bytes) {
        grantedBytes = bytes;
        mailbox.post(this::takeGrant);
    }

    private void takeGrant() {
        creditBytes = grantedBytes;
        proceed();
    }

    /** What Kafka's answer means. Any thread. */
    Refused outcomeOf(@Nullable Exception failure) {
        if (failure == null) {
            return new Refused(Refusal.KAFKA, "Kafka's client gave neither an offset nor an error");
        }
        if (!(failure instanceof KafkaException) && !around.producer().isClosed()) {
            onBug(failure);
        }
        return ProduceOutcomes.refused(failure);
    }

    /** Kafka has answered: the bytes go back to the gate at once, the outcome to the loop. Any thread. */
    void onAnswered(Outgoing outgoing, @Nullable Exception failure) {
        around.gate().release(outgoing.bytes());
        if (failure == null) {
            around.up().onSuccess();
            around.meters().onProduced(around.meters().clock().monotonicTime() - outgoing.sentNanos());
        } else {
            around.meters().onProduceFailed(ProduceOutcomes.error(failure));
            if (ProduceOutcomes.endsProducer(failure) && !loop.inLoop()) {
                around.producer().onEnded(failure);
            }
        }
        mailbox.post(outgoing);
    }

    private void refuse(Outgoing outgoing, Refused refused) {
        outgoing.refuse(refused);
        // Never within publish: the caller has not noted the message yet.
        mailbox.post(outgoing);
    }

    private void onBug(Exception bug) {
        around.meters().onBug();
        LOG.atError().setCause(bug).log("A message could not be produced, by an error of Sluice's own");
    }

    void onDone(OutcomeListener listener, PublishOutcome outcome) {
        pending--;
        try {
            listener.onOutcome(outcome);
        } catch (RuntimeException bug) {
            onBug(bug);
        }
    }

    boolean isInLoop() {
        return loop.inLoop();
    }

    private void updateReadable() {
        IngressSettings settings = around.settings();
        if (readable) {
            readable = parked.isEmpty()
                    || (parkedBytes < settings.laneBytesMax()
                            && parked.size() < settings.laneMessagesMax()
                            && !around.lookAhead().isUsedUp());
            return;
        }
        // Half, so that a connection is not stopped and started with each message.
        readable = parked.isEmpty()
                || (parkedBytes <= settings.laneBytesMax() / 2
                        && parked.size() <= settings.laneMessagesMax() / 2
                        && !around.lookAhead().isUsedUp());
        if (readable && !closed) {
            onReadable.run();
        }
    }

    @Override
    public boolean isReadable() {
        return readable;
    }

    @Override
    public int pending() {
        return pending;
    }

    @Override
    public void close() {
        assert loop.inLoop();
        closed = true;
    }
}
