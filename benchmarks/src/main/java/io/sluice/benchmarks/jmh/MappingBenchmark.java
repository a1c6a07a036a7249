package io.sluice.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.kafka.mapping.IngressMapping;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.MappingSettings;
import io.sluice.kafka.mapping.MessageHeaders;
import io.sluice.kafka.mapping.Partitioner;
import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The mapping of one message into Kafka and of one record out of it, under a rule with captures beside the rule for the
 * rest. 1,000 topics in turn; uncached is a cache without room, so that each mapping is made and put in vain.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MappingBenchmark {

    private static final int TOPICS = 1_000;
    private static final List<IngressRule> RULES = List.of(
            new IngressRule(
                    "telemetry",
                    "telemetry/{tenant}/{device}/#",
                    "telemetry.{tenant}",
                    null,
                    Qos.EXACTLY_ONCE,
                    IngressRule.HeaderMode.ALL,
                    Map.of(),
                    IngressRule.IllegalName.REFUSE,
                    true,
                    Partitioner.ANY,
                    TopicCreation.BROKER_DEFAULTS),
            IngressRule.rest());

    private final RuleSet cached = RuleSet.of(RULES, List.of());
    private final RuleSet uncached = RuleSet.of(RULES, List.of(), new MappingSettings(0, List.of("_sluice")));
    private final ClientId clientId = new ClientId("device-1");
    private final byte[] value = new byte[128];
    private final TopicName[] topicNames = new TopicName[TOPICS];
    private final Message[] messages = new Message[TOPICS];
    private final byte[][] keys = new byte[TOPICS][];
    private final Headers[] headers = new Headers[TOPICS];
    private final Headers noHeaders = new RecordHeaders();
    private int next;

    @Setup
    public void prepare() {
        for (int i = 0; i < TOPICS; i++) {
            topicNames[i] = TopicName.of("telemetry/acme/device" + i + "/temp");
            messages[i] = new Message(
                    topicNames[i], Qos.AT_LEAST_ONCE, false, Payload.wrap(value), MessageProperties.NONE, clientId);
            keys[i] = topicNames[i].value().getBytes(UTF_8);
            if (!(cached.map(topicNames[i], clientId) instanceof IngressMapping.Mapped mapped)) {
                throw new IllegalStateException(topicNames[i] + ": not mapped (expected: by the first rule)");
            }
            headers[i] = MessageHeaders.of(messages[i], mapped);
            requireMessage(cached.toMessage("telemetry.acme", keys[i], value, headers[i]));
            requireMessage(cached.toMessage("telemetry.acme", keys[i], value, noHeaders));
        }
    }

    @Benchmark
    public IngressMapping ingressCached() {
        return cached.map(topicNames[turn()], clientId);
    }

    @Benchmark
    public IngressMapping ingressUncached() {
        return uncached.map(topicNames[turn()], clientId);
    }

    /** Mapping and headers: what a message costs on its way to the producer. */
    @Benchmark
    public Object ingressCachedWithHeaders() {
        int i = turn();
        return cached.map(topicNames[i], clientId) instanceof IngressMapping.Mapped mapped
                ? MessageHeaders.of(messages[i], mapped)
                : clientId;
    }

    /** A record that Sluice wrote. */
    @Benchmark
    public RecordMapping recordOfOurs() {
        int i = turn();
        return cached.toMessage("telemetry.acme", keys[i], value, headers[i]);
    }

    /** A record of another program, without headers: the topic is in the key. */
    @Benchmark
    public RecordMapping recordOfOthers() {
        return cached.toMessage("telemetry.acme", keys[turn()], value, noHeaders);
    }

    private int turn() {
        next = next + 1 == TOPICS ? 0 : next + 1;
        return next;
    }

    private static void requireMessage(RecordMapping mapping) {
        if (!(mapping instanceof RecordMapping.Mapped)) {
            throw new IllegalStateException(mapping + " (expected: a message)");
        }
    }
}
