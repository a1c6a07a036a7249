package io.sluice.kafka.ingress;

import io.sluice.kafka.format.IngressFormat;
import io.sluice.kafka.mapping.IngressMapping;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.MessageHeaders;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.GroupCommit;
import io.sluice.kafka.transaction.TransactionalClaim;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Failpoint;
import io.sluice.mqtt.port.Ingress.Brake;
import io.sluice.mqtt.port.Ingress.Lane;
import io.sluice.mqtt.port.Ingress.Once;
import io.sluice.mqtt.port.Ingress.OutcomeListener;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.Outstanding;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.Optional;
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
final class KafkaLane implements Lane, ProducerGate.Waiter {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLane.class);

    /** A turn at the gate: large enough that a turn's hand-over costs little, small enough to be fair. */
    private static final long QUANTUM_BYTES_MAX = 32 << 10;

    private static final Duration BUFFER_RETRY_DELAY = Duration.ofMillis(5);

    /** What the first parked message waits for. */
    private enum Wait {
        NOTHING,
        SCHEMA,
        TOPIC,
        LEASE,
        GATE,
        BUFFER
    }

    private final LaneSurroundings around;
    private final LoopRules rules;
    private final Loop loop;
    private final LoopMailbox<Runnable> mailbox;
    private final Runnable onReadable;
    // What waits before the gate.
    private final ParkedMessages parked;
    private final ProducerGate.Share share;
    private Wait wait = Wait.NOTHING;
    private volatile long wantedBytes;
    private long grantedBytes;
    private long creditBytes;
    // What the connection sees.
    private final Outstanding outstanding = new Outstanding();
    private boolean closed;
    // The meters of the rule that matched last: a connection rarely changes rules.
    private @Nullable IngressRule lastRule;
    private @Nullable RuleMeters lastMeters;
    private @Nullable IngressFormat lastFormat;

    KafkaLane(
            LaneSurroundings around,
            LoopRules rules,
            Loop loop,
            LoopMailbox<Runnable> mailbox,
            Brake brake,
            Runnable onReadable) {
        this.rules = rules;
        this.around = around;
        this.loop = loop;
        this.mailbox = mailbox;
        this.onReadable = onReadable;
        parked = new ParkedMessages(around.settings(), around.lookAhead(), brake);
        share = around.gate().open(this);
        around.lookAhead().enter();
    }

    @Override
    public void publish(Message message, OutcomeListener listener) {
        publish(message, null, listener);
    }

    @Override
    public void publishOnce(Message message, Once wanted, OutcomeListener listener) {
        // A claim of another kind of store keeps its packet ids by itself.
        Companion companion =
                wanted.claim() instanceof TransactionalClaim claim ? claim.received(wanted.packetId()) : null;
        publish(message, companion, listener);
    }

    @Override
    public void refuse(Qos qos, Refused refused, OutcomeListener listener) {
        outstanding.add();
        refuse(unmapped(new Outgoing.Taken(qos, listener), ""), refused);
    }

    /** Takes a message and what goes with it: the log has both, or neither. */
    void publish(Message message, @Nullable Companion companion, OutcomeListener listener) {
        assert loop.inLoop();
        outstanding.add();
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
        if (companion != null) {
            if (message.retain()) {
                Optional<Refused> refused = around.retained().refusal(message);
                if (refused.isPresent()) {
                    refuse(outgoing, refused.get());
                    return;
                }
            }
            outgoing.with(companion, message.retain() ? message : null);
        }
        if (!parked.isEmpty() || !send(outgoing)) {
            parked.add(outgoing);
            updateWanted();
        }
        releaseCredit();
        updateReadable();
    }

    /** The record for the message, or null when it was refused. */
    private @Nullable Outgoing map(Message message, Outgoing.Taken taken) {
        IngressMapping mapping = rules.term().rules().map(message.topicName(), message.publisher());
        if (mapping instanceof IngressMapping.Unmapped unmapped) {
            refuse(unmapped(taken, unmapped.ruleName()), new Refused(unmapped.refusal(), unmapped.detail()));
            return null;
        }
        IngressMapping.Mapped mapped = (IngressMapping.Mapped) mapping;
        ProducerRecord<byte[], byte[]> row = new ProducerRecord<>(
                mapped.kafkaTopic(), null, mapped.key(), message.payload().bytes(), MessageHeaders.of(message, mapped));
        Outgoing outgoing = new Outgoing(
                this, taken, metersOf(mapped.rule()), row, mapped.rule().creation());
        IngressFormat format = lastFormat;
        if (format != null) {
            outgoing.withFormat(
                    new Outgoing.Unformatted(format, message, mapped, loop.epochMillis(), format.onReceived(message)));
        }
        return outgoing;
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
            lastFormat = around.formatting().of(rule);
            lastMeters = meters;
        }
        return meters;
    }

    private void updateWanted() {
        Outgoing head = parked.peek();
        if (head != null) {
            wantedBytes = turnBytes(head);
        }
    }

    private long turnBytes(Outgoing first) {
        long quantumBytes = Math.min(QUANTUM_BYTES_MAX, around.gate().limitBytes() / ProducerGate.TURNS_MIN);
        return Math.max(first.bytes(), Math.min(quantumBytes, parked.bytes()));
    }

    /** Sends what is parked, as far as it goes. */
    private void drain() {
        assert loop.inLoop();
        while (wait == Wait.NOTHING) {
            Outgoing head = parked.peek();
            if (head == null || !send(head)) {
                break;
            }
            parked.remove();
            updateWanted();
        }
        releaseCredit();
        updateReadable();
    }

    private void releaseCredit() {
        if (creditBytes > 0) {
            long unused = creditBytes;
            creditBytes = 0;
            share.release(unused);
        }
    }

    /** Whether the message is off the lane: sent or refused. If not, {@link #wait} says what for. */
    private boolean send(Outgoing outgoing) {
        if (outgoing.unformatted() == null) {
            return sendFormatted(outgoing);
        }
        Formatting.Result result = around.formatting().format(outgoing);
        if (result instanceof Formatting.Held held) {
            // What is behind it waits too: the order of the lane is kept.
            wait = Wait.SCHEMA;
            held.until().whenComplete((known, neverFails) -> mailbox.post(this::proceed));
            return false;
        }
        if (result instanceof Formatting.Misfit misfit) {
            refuse(outgoing, misfit.refused());
            return true;
        }
        return sendFormatted(outgoing);
    }

    private boolean sendFormatted(Outgoing outgoing) {
        ProducerRecord<byte[], byte[]> row = outgoing.row();
        ReadyTopic topic = around.topics().ready(row.topic());
        if (topic == null) {
            awaitTopic(outgoing);
            return false;
        }
        if (!around.lease().isValid()) {
            wait = Wait.LEASE;
            around.lease().whenValid(() -> mailbox.post(this::proceed));
            return false;
        }
        if (!acquire(outgoing)) {
            return false;
        }
        outgoing.beforeSend(topic, around.meters().clock().monotonicTime());
        if (!topic.isReady() || around.producer().isPaused()) {
            return onNotNow(outgoing, topic);
        }
        Companion companion = outgoing.companion();
        if (companion != null) {
            outgoing.afterSend();
            commit(companion, outgoing);
            return true;
        }
        Exception failure;
        try {
            around.producer().send(row, outgoing);
            outgoing.afterSend();
            if (!outgoing.isCompletedInSend()) {
                outgoing.onTaken();
                Failpoint.Q1_3.hit();
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

    private void commit(Companion companion, Outgoing outgoing) {
        GroupCommit by = companion.by();
        if (by != null) {
            by.submit(outgoing);
        } else {
            around.commits().submit(companion.spread(), outgoing);
        }
    }

    /** The record of the copy of a retained message. */
    ProducerRecord<byte[], byte[]> retainedRow(Message message, LogPartition partition, long offset) {
        return around.retained().row(message, partition, offset);
    }

    /** The topic has gone in this moment, or the producer goes. */
    private boolean onNotNow(Outgoing outgoing, ReadyTopic topic) {
        outgoing.afterSend();
        outgoing.leaveTopic();
        share.release(outgoing.bytes());
        if (topic.isReady()) {
            awaitBuffer();
        } else {
            awaitTopic(outgoing);
        }
        return false;
    }

    private boolean acquire(Outgoing outgoing) {
        if (creditBytes >= outgoing.bytes()) {
            creditBytes -= outgoing.bytes();
            return true;
        }
        releaseCredit();
        if (share.tryAcquire(outgoing.bytes())) {
            return true;
        }
        wait = Wait.GATE;
        wantedBytes = turnBytes(outgoing);
        share.await();
        return false;
    }

    private boolean onSettledInSend(Outgoing outgoing, ReadyTopic topic, @Nullable Exception failure) {
        if (failure instanceof BufferExhaustedException) {
            // The producer is as full as a closed gate; it frees its memory a moment after the callbacks.
            share.release(outgoing.bytes());
            awaitBuffer();
            return false;
        }
        if (failure instanceof TimeoutException) {
            share.release(outgoing.bytes());
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

    private void awaitBuffer() {
        wait = Wait.BUFFER;
        loop.schedule(BUFFER_RETRY_DELAY, this::proceed);
    }

    private void awaitTopic(Outgoing outgoing) {
        wait = Wait.TOPIC;
        around.topics()
                .prepare(outgoing.row().topic(), outgoing.creation())
                .thenAccept(refused -> mailbox.post(() -> onTopic(refused)));
    }

    private void onTopic(Optional<Refused> refused) {
        if (refused.isPresent()) {
            Outgoing head = parked.remove();
            updateWanted();
            if (refused.get().refusal() == Refusal.NOT_AUTHORIZED) {
                around.denied().onDenied(head.row().topic(), refused.get().detail());
            }
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
        share.release(outgoing.bytes());
        if (failure == null) {
            around.up().onSuccess();
            around.denied().onWritten(outgoing.kafkaTopic());
            around.meters().onProduced(around.meters().clock().monotonicTime() - outgoing.sentNanos());
        } else {
            around.meters().onProduceFailed(ProduceOutcomes.error(failure));
            if (ProduceOutcomes.refused(failure).refusal() == Refusal.NOT_AUTHORIZED) {
                around.denied().onDenied(outgoing.kafkaTopic(), String.valueOf(failure.getMessage()));
            }
            if (ProduceOutcomes.endsProducer(failure)) {
                around.topics().execute(() -> around.producer().onEnded(failure));
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
        outstanding.remove();
        try {
            listener.onOutcome(outcome);
        } catch (RuntimeException bug) {
            onBug(bug);
        }
        try {
            outstanding.settle();
        } catch (RuntimeException bug) {
            onBug(bug);
        }
    }

    /** The rules by which messages are taken now. On the loop. */
    LoopRules.Term term() {
        return rules.term();
    }

    boolean isInLoop() {
        return loop.inLoop();
    }

    private void updateReadable() {
        if (parked.updateReadable() && !closed) {
            onReadable.run();
        }
    }

    @Override
    public boolean isReadable() {
        return parked.isReadable();
    }

    @Override
    public int pending() {
        return outstanding.count();
    }

    @Override
    public void whenSettled(Runnable task) {
        assert loop.inLoop();
        outstanding.whenNone(task);
    }

    @Override
    public void close() {
        assert loop.inLoop();
        if (!closed) {
            closed = true;
            around.lookAhead().leave();
        }
    }
}
