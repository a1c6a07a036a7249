package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.fleet.Lease;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.Reversibility;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicDirectory;
import io.sluice.kafka.topic.TopicProvisioner;
import io.sluice.kafka.transaction.Companion;
import io.sluice.kafka.transaction.GroupCommit;
import io.sluice.kafka.transaction.GroupCommits;
import io.sluice.kafka.transaction.RetainedCopies;
import io.sluice.kafka.transaction.TransactionMeters;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Messages from devices into Kafka: mapped, through the gate, to the idempotent producer. Safe for all threads: lanes
 * are confined to their loops, and what they share is safe.
 */
public final class KafkaIngress implements Ingress {

    private final LaneSurroundings around;
    /** One per loop, not per lane: one wake-up of a loop tells all of its connections. */
    private final Map<Loop, OfLoop> loops = new ConcurrentHashMap<>();

    /** What the lanes of a loop share. */
    private record OfLoop(LoopMailbox<Runnable> mailbox, LoopRules rules) {}

    private volatile RuleSet rules;

    /** Of each loop the lane for what this instance publishes by itself. */
    private final Map<Loop, KafkaLane> own = new ConcurrentHashMap<>();

    /**
     * What stands around the way in.
     *
     * @param retained makes the copies of retained messages that go with them in a transaction
     * @param formats what rules make of payloads
     * @param instance the name of this instance, which dead letters carry
     * @param lease whether this instance may act
     * @param fence asked when another has taken a transactional id over
     */
    public record Surroundings(
            RuleSet rules,
            RuleFormats formats,
            String instance,
            TopicDirectory directory,
            TopicProvisioner provisioner,
            KafkaUp up,
            RetainedCopies retained,
            Lease lease,
            GroupCommit.Fence fence,
            MeterRegistry registry) {

        /** Of an instance that is alone with its Kafka, and retains nothing. */
        public static Surroundings alone(
                RuleSet rules,
                TopicDirectory directory,
                TopicProvisioner provisioner,
                KafkaUp up,
                MeterRegistry registry) {
            return alone(rules, RuleFormats.NONE, directory, provisioner, up, registry);
        }

        /** The same with formats. */
        public static Surroundings alone(
                RuleSet rules,
                RuleFormats formats,
                TopicDirectory directory,
                TopicProvisioner provisioner,
                KafkaUp up,
                MeterRegistry registry) {
            return new Surroundings(
                    rules,
                    formats,
                    "alone",
                    directory,
                    provisioner,
                    up,
                    new NoCopies(),
                    Lease.forever(),
                    () -> false,
                    registry);
        }
    }

    private static final class NoCopies implements RetainedCopies {
        @Override
        public Optional<PublishOutcome.Refused> refusal(Message message) {
            return Optional.of(new PublishOutcome.Refused(Refusal.KAFKA, "nothing is retained here"));
        }

        @Override
        public ProducerRecord<byte[], byte[]> row(Message message, LogPartition partition, long offset) {
            throw new IllegalStateException("nothing is retained here");
        }
    }

    /**
     * @param transactionalIds of this process: no other has them, ever
     */
    public KafkaIngress(
            KafkaSettings kafka, IngressSettings settings, List<String> transactionalIds, Surroundings surroundings) {
        this(
                () -> producer(kafka, settings),
                number -> transactional(kafka, transactionalIds.get(number), number),
                settings,
                surroundings);
    }

    /** Without transactions: for tests of everything else. */
    KafkaIngress(Supplier<Producer<byte[], byte[]>> producers, IngressSettings settings, Surroundings surroundings) {
        this(
                producers,
                number -> {
                    throw new IllegalStateException("a transactional producer (expected: none in this test)");
                },
                settings,
                surroundings);
    }

    KafkaIngress(
            Supplier<Producer<byte[], byte[]>> producers,
            IntFunction<Producer<byte[], byte[]>> transactional,
            IngressSettings settings,
            Surroundings surroundings) {
        LongSupplier nanoClock = surroundings.registry().config().clock()::monotonicTime;
        ProducerGate gate = new ProducerGate(settings.inflightBytesMax(), nanoClock);
        rules = surroundings.rules();
        RecordProducer producer = new RecordProducer(producers, nanoClock);
        LookAhead lookAhead = new LookAhead(settings.lookAheadBytesMax());
        around = new LaneSurroundings(
                new Formatting(surroundings.formats(), surroundings.instance()),
                new TopicReadiness(surroundings.directory(), surroundings.provisioner(), producer),
                gate,
                producer,
                new GroupCommits(transactional, surroundings.fence(), new TransactionMeters(surroundings.registry())),
                surroundings.retained(),
                surroundings.lease(),
                lookAhead,
                settings,
                new IngressMeters(ruleNames(surroundings.rules()), surroundings.formats(), surroundings.registry()),
                new DeniedTopics(),
                surroundings.up());
        IngressBounds.register(gate, lookAhead, producer, () -> rules, surroundings.registry());
    }

    private static Producer<byte[], byte[]> producer(KafkaSettings kafka, IngressSettings settings) {
        return new KafkaProducer<>(
                kafka.producer("ingress", settings.inflightBytesMax()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static Producer<byte[], byte[]> transactional(KafkaSettings kafka, String transactionalId, int number) {
        return new KafkaProducer<>(
                kafka.transactionalProducer("commit-" + number, transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Starts the transactional producers.
     *
     * @return completes when nothing is open any more that an earlier process of this instance had begun
     */
    public CompletionStage<Void> start() {
        return around.commits().start();
    }

    @Override
    public Lane open(Loop loop, Brake brake, Runnable onReadable) {
        OfLoop shared = loops.computeIfAbsent(
                loop, key -> new OfLoop(new LoopMailbox<>(key, Runnable::run, () -> {}), new LoopRules(rules)));
        return new KafkaLane(around, shared.rules(), loop, shared.mailbox(), brake, onReadable);
    }

    /**
     * Puts other rules in force for what is published from now on. What was taken before keeps those with which it was
     * taken, so that one publisher's messages stay in their order as long as one rule is theirs.
     *
     * @return completes, on any thread, when no message is under way by the rules of before
     */
    public CompletionStage<Void> replace(RuleSet next) {
        ruleNames(next).forEach(around.meters()::rule);
        rules = next;
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        loops.forEach((loop, shared) -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            ended.add(done);
            loop.execute(() -> shared.rules().replace(next, () -> done.complete(null)));
        });
        return CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new));
    }

    private static List<String> ruleNames(RuleSet rules) {
        return rules.reversibility().stream().map(Reversibility::ruleName).toList();
    }

    /**
     * Publishes a message together with what goes with it: both are in the log, or neither. Any thread.
     *
     * @param loop on which it is done
     * @return its outcome, on that loop
     */
    public CompletionStage<PublishOutcome> publish(Loop loop, Message message, Companion companion) {
        CompletableFuture<PublishOutcome> outcome = new CompletableFuture<>();
        loop.execute(() -> own.computeIfAbsent(loop, key -> (KafkaLane) open(key, Brake.SOCKET, () -> {}))
                .publish(message, companion, outcome::complete));
        return outcome;
    }

    /** Bytes that are in flight to Kafka. */
    public long inflightBytes() {
        return around.gate().inflightBytes();
    }

    /**
     * Ends the way in, after the lanes: waits until Kafka has acknowledged what was sent, at most for the timeout, and
     * refuses the rest. Blocks.
     */
    public void close(Duration timeout) {
        around.commits().close(timeout);
        around.producer().close(timeout);
        around.topics().close();
    }
}
