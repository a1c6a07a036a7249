package io.sluice.kafka.mapping;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kafka.mapping.Readers.EgressReader;
import io.sluice.kafka.mapping.Readers.IngressReader;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** All rules, compiled. Immutable, safe for all threads; mappings are remembered in bounded caches. */
public final class RuleSet {

    /** About what an entry takes beside its text: the cache's node and some objects. */
    private static final byte[] NOTHING = {};

    private static final int ENTRY_BYTES = 400;

    /** Kafka topics whose readers are remembered; a cluster has rarely more that are subscribed to. */
    private static final int CACHED_READERS_MAX = 10_000;

    /**
     * The ingress rule that a topic belongs to.
     *
     * @param rule the first that matches, or null
     * @param mapping what comes of it, for no client
     */
    private record Placement(@Nullable CompiledIngress rule, IngressMapping mapping) {}

    private final MappingSettings settings;
    private final List<CompiledIngress> ingress;
    private final List<CompiledEgress> egress;
    private final RuleTrie trie;
    private final Cache<TopicName, Placement> placements;
    private final Cache<String, Readers> readers;

    private RuleSet(List<CompiledIngress> ingress, List<CompiledEgress> egress, MappingSettings settings) {
        this.settings = settings;
        this.ingress = List.copyOf(ingress);
        this.egress = List.copyOf(egress);
        this.trie =
                new RuleTrie(ingress.stream().map(rule -> rule.filter().plain()).toList());
        // Maintenance on the caller's thread: this package has none of its own, and borrows none.
        this.placements = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(settings.cacheBytesMax())
                .weigher(RuleSet::bytes)
                .build();
        this.readers = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumSize(CACHED_READERS_MAX)
                .build();
    }

    /** About how much memory the remembered mappings take. */
    public long cachedBytes() {
        return placements
                .policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** About how much they may take. */
    public long cachedBytesMax() {
        return settings.cacheBytesMax();
    }

    /** Everything that is wrong with these rules, errors and warnings, in their order. */
    public static List<RuleProblem> check(List<IngressRule> ingress, List<EgressRule> egress) {
        return check(ingress, egress, MappingSettings.DEFAULTS);
    }

    /** The same under other settings. */
    public static List<RuleProblem> check(
            List<IngressRule> ingress, List<EgressRule> egress, MappingSettings settings) {
        return new RuleCheck(ingress, egress, settings).problems();
    }

    /**
     * Compiles the rules.
     *
     * @throws IllegalArgumentException when {@link #check} finds an error
     */
    public static RuleSet of(List<IngressRule> ingress, List<EgressRule> egress) {
        return of(ingress, egress, MappingSettings.DEFAULTS);
    }

    /** The same under other settings. */
    public static RuleSet of(List<IngressRule> ingress, List<EgressRule> egress, MappingSettings settings) {
        String errors = check(ingress, egress, settings).stream()
                .filter(RuleProblem::error)
                .map(problem ->
                        (problem.ingress() ? "ingress[" : "egress[") + problem.index() + "]: " + problem.message())
                .collect(Collectors.joining("; "));
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors);
        }
        return new RuleSet(
                ingress.stream()
                        .map(rule -> new CompiledIngress(rule, settings))
                        .toList(),
                egress.stream().map(rule -> new CompiledEgress(rule, settings)).toList(),
                settings);
    }

    /** Of each ingress rule, in order, whether plain records of other programs reach subscribers. */
    public List<Reversibility> reversibility() {
        return ingress.stream()
                .map(compiled -> new Reversibility(
                        compiled.rule().name(), compiled.rule().subscribe(), compiled.missingCaptures()))
                .toList();
    }

    /** Where a message goes: the first ingress rule whose filter matches decides. */
    public IngressMapping map(TopicName topicName, @Nullable ClientId clientId) {
        Placement placement = placement(topicName);
        if (clientId != null
                && placement.rule() != null
                && placement.rule().isPerClient()
                && placement.mapping() instanceof IngressMapping.Mapped mapped) {
            return placement.rule().place(topicName, mapped.kafkaTopic(), clientId);
        }
        return placement.mapping();
    }

    /** Whether any rule exposes this Kafka topic to subscribers. */
    public boolean isReadable(String kafkaTopic) {
        return !readers(kafkaTopic).isEmpty();
    }

    /** The ingress rules that may write to this Kafka topic, whether or not subscribers may read it. */
    public List<IngressRule> writersOf(String kafkaTopic) {
        if (settings.isReserved(kafkaTopic)) {
            return List.of();
        }
        return ingress.stream()
                .filter(rule -> rule.read(kafkaTopic) != null)
                .map(CompiledIngress::rule)
                .toList();
    }

    /** The egress rules that expose this Kafka topic. */
    public List<EgressRule> exposersOf(String kafkaTopic) {
        if (settings.isReserved(kafkaTopic)) {
            return List.of();
        }
        return egress.stream()
                .filter(rule -> rule.read(kafkaTopic) != null)
                .map(CompiledEgress::rule)
                .toList();
    }

    /** The rules from MQTT to Kafka, in order. */
    public List<IngressRule> ingressRules() {
        return ingress.stream().map(CompiledIngress::rule).toList();
    }

    /** The rules from Kafka to MQTT, in order. */
    public List<EgressRule> egressRules() {
        return egress.stream().map(CompiledEgress::rule).toList();
    }

    /** Where in a Kafka topic messages can be that the filter matches: only that is read for it. */
    public TopicDemand demand(String kafkaTopic, TopicFilter filter) {
        return readers(kafkaTopic).demand(filter);
    }

    /** What a record is to subscribers. Never throws, whatever the record holds. */
    public RecordMapping toMessage(String kafkaTopic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        Readers exposing = readers(kafkaTopic);
        if (exposing.isEmpty()) {
            return new RecordMapping.Skipped(
                    "",
                    SkipReason.NO_RULE,
                    "Kafka topic: " + Quoted.of(kafkaTopic) + " (expected: one that a rule exposes)");
        }
        ReceivedHeaders received = ReceivedHeaders.of(headers);
        byte[] topic = received.topic();
        if (value == null && (topic == null || !received.retain())) {
            // Not an empty message: that would clear retained messages, which a tombstone knows nothing of.
            return new RecordMapping.Skipped(
                    exposing.firstRuleName(), SkipReason.NO_VALUE, "value: none, a tombstone (expected: a payload)");
        }
        // Without a value, and by its headers a retained message: what a rule with a format writes of an empty one.
        byte[] payload = value == null ? NOTHING : value;
        return topic == null
                ? plain(kafkaTopic, exposing, key, payload, received)
                : named(kafkaTopic, exposing, topic, payload, received);
    }

    /** A record that names its MQTT topic: untrusted, so that the name must be one which a rule gives the Kafka topic. */
    private RecordMapping named(
            String kafkaTopic, Readers exposing, byte[] topicBytes, byte[] value, ReceivedHeaders received) {
        String text = StrictUtf8.decode(topicBytes);
        String problem = text == null ? "no UTF-8 (expected: a topic name)" : TopicName.problem(text);
        if (text == null || problem != null) {
            return new RecordMapping.Skipped(
                    exposing.firstRuleName(), SkipReason.TOPIC_INVALID, "mqtt.topic: " + problem);
        }
        TopicName topicName = TopicName.of(text);
        if (!exposing.ingress().isEmpty()) {
            CompiledIngress rule = readableRule(topicName, kafkaTopic);
            if (rule != null) {
                return new RecordMapping.Mapped(
                        rule.rule().name(), received.message(topicName, value, defaultQos(rule), true));
            }
        }
        for (EgressReader reader : exposing.egress()) {
            if (reader.topics().contains(text)) {
                EgressRule rule = reader.rule().rule();
                return new RecordMapping.Mapped(rule.name(), received.message(topicName, value, rule.qos(), false));
            }
        }
        return new RecordMapping.Skipped(
                exposing.firstRuleName(),
                SkipReason.TOPIC_NOT_OF_RULE,
                "mqtt.topic: " + Quoted.of(text) + " (expected: a topic that belongs to Kafka topic "
                        + Quoted.of(kafkaTopic) + ")");
    }

    /** A record of another program: the first rule counts that makes a message of it. */
    private RecordMapping plain(
            String kafkaTopic, Readers exposing, byte @Nullable [] key, byte[] value, ReceivedHeaders received) {
        RecordMapping first = null;
        for (IngressReader reader : exposing.ingress()) {
            RecordMapping mapping = plain(kafkaTopic, reader, key, value, received);
            if (mapping instanceof RecordMapping.Mapped) {
                return mapping;
            }
            first = first == null ? mapping : first;
        }
        for (EgressReader reader : exposing.egress()) {
            RecordMapping mapping = exposed(reader, key, value, received);
            if (mapping instanceof RecordMapping.Mapped) {
                return mapping;
            }
            first = first == null ? mapping : first;
        }
        return first == null
                ? new RecordMapping.Skipped("", SkipReason.NO_RULE, "Kafka topic: no rule exposes it")
                : first;
    }

    private RecordMapping plain(
            String kafkaTopic, IngressReader reader, byte @Nullable [] key, byte[] value, ReceivedHeaders received) {
        CompiledIngress rule = reader.rule();
        String ruleName = rule.rule().name();
        Backwards backwards = rule.backwards(reader.bindings(), key);
        String problem = problem(backwards);
        if (problem != null) {
            return new RecordMapping.Skipped(ruleName, SkipReason.TOPIC_INVALID, problem);
        }
        TopicName topicName = TopicName.of(String.valueOf(backwards.topicName()));
        if (!rule.equals(readableRule(topicName, kafkaTopic))) {
            return new RecordMapping.Skipped(
                    ruleName,
                    SkipReason.TOPIC_NOT_OF_RULE,
                    "topic name: " + Quoted.of(topicName.value()) + " (expected: a topic that this rule puts into"
                            + " Kafka topic " + Quoted.of(kafkaTopic) + ")");
        }
        return new RecordMapping.Mapped(ruleName, received.message(topicName, value, defaultQos(rule), true));
    }

    private static RecordMapping exposed(
            EgressReader reader, byte @Nullable [] key, byte[] value, ReceivedHeaders received) {
        EgressRule rule = reader.rule().rule();
        Backwards backwards = reader.rule().topicOf(reader.captures(), key);
        String problem = problem(backwards);
        if (problem != null) {
            return new RecordMapping.Skipped(rule.name(), SkipReason.TOPIC_INVALID, problem);
        }
        String text = String.valueOf(backwards.topicName());
        if (!reader.topics().contains(text)) {
            return new RecordMapping.Skipped(
                    rule.name(),
                    SkipReason.TOPIC_NOT_OF_RULE,
                    "topic name: " + Quoted.of(text) + " (expected: no '$' that the rule does not begin with)");
        }
        return new RecordMapping.Mapped(rule.name(), received.message(TopicName.of(text), value, rule.qos(), false));
    }

    private static @Nullable String problem(Backwards backwards) {
        String text = backwards.topicName();
        return text == null ? backwards.problem() : TopicName.problem(text);
    }

    private static Qos defaultQos(CompiledIngress rule) {
        return Qos.AT_LEAST_ONCE.min(rule.rule().qosMax());
    }

    /** The rule that puts the MQTT topic into this very Kafka topic and lets subscribers read it, or null. */
    private @Nullable CompiledIngress readableRule(TopicName topicName, String kafkaTopic) {
        Placement placement = placement(topicName);
        CompiledIngress rule = placement.rule();
        return rule != null
                        && rule.rule().subscribe()
                        && placement.mapping() instanceof IngressMapping.Mapped mapped
                        && mapped.kafkaTopic().equals(kafkaTopic)
                ? rule
                : null;
    }

    private Placement placement(TopicName topicName) {
        Placement known = placements.getIfPresent(topicName);
        if (known != null) {
            return known;
        }
        int first = trie.first(topicName.levels());
        Placement placement = first < 0 ? noRule(topicName) : placement(topicName, ingress.get(first));
        placements.put(topicName, placement);
        return placement;
    }

    private static Placement placement(TopicName topicName, CompiledIngress rule) {
        return new Placement(rule, rule.map(topicName, null));
    }

    private static Placement noRule(TopicName topicName) {
        String detail = "topic name: " + Quoted.of(topicName.value())
                + " (expected: one that the filter of an ingress rule matches)";
        return new Placement(null, new IngressMapping.Unmapped("", Refusal.NO_RULE, detail));
    }

    private static int bytes(TopicName topicName, Placement placement) {
        // Up to two bytes a character, in the key and again in what is prepared.
        return ENTRY_BYTES + 5 * topicName.value().length();
    }

    private Readers readers(String kafkaTopic) {
        Readers known = readers.getIfPresent(kafkaTopic);
        if (known != null) {
            return known;
        }
        List<IngressReader> backwards = new ArrayList<>();
        List<EgressReader> exposed = new ArrayList<>();
        if (!settings.isReserved(kafkaTopic)) {
            for (CompiledIngress rule : ingress) {
                Bindings bindings = rule.rule().subscribe() ? rule.read(kafkaTopic) : null;
                if (bindings != null) {
                    backwards.add(new IngressReader(rule, bindings, rule.pattern(bindings)));
                }
            }
            for (CompiledEgress rule : egress) {
                Bindings captures = rule.read(kafkaTopic);
                if (captures != null) {
                    exposed.add(new EgressReader(rule, captures, rule.template().pattern(captures)));
                }
            }
        }
        Readers found = new Readers(backwards, exposed);
        readers.put(kafkaTopic, found);
        return found;
    }
}
