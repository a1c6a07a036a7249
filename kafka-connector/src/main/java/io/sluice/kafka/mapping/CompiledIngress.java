package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** An ingress rule, ready to run forwards and backwards. Immutable. */
final class CompiledIngress {

    private final IngressRule rule;
    private final RuleFilter filter;
    private final KafkaTopicTemplate topic;
    private final @Nullable TextTemplate key;
    private final Map<String, TextTemplate> headers = new LinkedHashMap<>();
    private final boolean perClient;

    /**
     * Compiles the rule.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    CompiledIngress(IngressRule rule, MappingSettings settings) {
        this.rule = rule;
        this.filter = RuleFilter.parse(rule.filter());
        this.topic = KafkaTopicTemplate.of(filter, rule.topic(), rule.illegalName(), settings);
        this.key = rule.key() == null ? null : TextTemplate.of("key", filter, rule.key());
        rule.headers().forEach((name, text) -> headers.put(name, TextTemplate.of("headers." + name, filter, text)));
        this.perClient =
                (key != null && key.usesClientId()) || headers.values().stream().anyMatch(TextTemplate::usesClientId);
    }

    IngressRule rule() {
        return rule;
    }

    RuleFilter filter() {
        return filter;
    }

    KafkaTopicTemplate topic() {
        return topic;
    }

    /** Whether key or headers differ by client, so that a mapping can't be remembered by topic. */
    boolean isPerClient() {
        return perClient;
    }

    /** Where a message goes whose topic the filter matches. */
    IngressMapping map(TopicName topicName, @Nullable ClientId clientId) {
        String[] levels = topicName.levels();
        KafkaTopicTemplate.Result result = topic.render(levels, filter.levels().size());
        String kafkaTopic = result.kafkaTopic();
        if (kafkaTopic == null) {
            String problem = result.problem();
            return new IngressMapping.Unmapped(rule.name(), Refusal.TOPIC_NAME, problem == null ? "" : problem);
        }
        return place(topicName, levels, kafkaTopic, clientId);
    }

    /** The same when the Kafka topic is known already. */
    IngressMapping.Mapped place(TopicName topicName, String kafkaTopic, @Nullable ClientId clientId) {
        return place(topicName, topicName.levels(), kafkaTopic, clientId);
    }

    private IngressMapping.Mapped place(
            TopicName topicName, String[] levels, String kafkaTopic, @Nullable ClientId clientId) {
        String client = clientId == null ? "" : clientId.value();
        byte[] topicBytes = topicName.value().getBytes(UTF_8);
        int restFrom = filter.levels().size();
        byte[] keyBytes =
                key == null ? topicBytes : key.render(levels, restFrom, client).getBytes(UTF_8);
        List<Header> prepared = new ArrayList<>();
        if (MessageHeaders.isTopicWritten(rule)) {
            prepared.add(new RecordHeader(MessageHeaders.TOPIC, topicBytes));
        }
        headers.forEach((name, template) -> prepared.add(
                new RecordHeader(name, template.render(levels, restFrom, client).getBytes(UTF_8))));
        return new IngressMapping.Mapped(rule, kafkaTopic, keyBytes, List.copyOf(prepared));
    }

    /** What is known of the MQTT topics in a Kafka topic, or null when the rule does not write to it. */
    @Nullable
    Bindings read(String kafkaTopic) {
        Bindings bindings = Bindings.of(filter);
        return topic.parse(kafkaTopic, bindings) ? bindings : null;
    }

    /** What topics the messages in a Kafka topic can have. */
    LevelPattern pattern(Bindings bindings) {
        List<String> rest = bindings.rest();
        List<@Nullable String> levels = new ArrayList<>();
        int known = rest == null ? bindings.levelCount() : filter.levels().size();
        for (int i = 0; i < known; i++) {
            levels.add(bindings.level(i));
        }
        if (rest != null) {
            levels.addAll(rest);
        }
        return new LevelPattern(levels, filter.isOpen() && rest == null, mayBeSystem());
    }

    /**
     * The key that every record has which the filter can match, or null where they may have different ones.
     *
     * @param fromTopic what the Kafka topic says
     */
    @Nullable
    String key(Bindings fromTopic, TopicFilter wanted) {
        List<@Nullable String> levels = new ArrayList<>();
        for (String level : wanted.levels()) {
            levels.add(TopicFilter.isWildcard(level) ? null : level);
        }
        if (key == null) {
            return levels.contains(null) ? null : String.join("/", wanted.levels());
        }
        boolean isOpenEnded = wanted.levels().get(levels.size() - 1).equals(TopicFilter.MULTI_LEVEL);
        for (int i = 0; i < fromTopic.levelCount(); i++) {
            String known = fromTopic.level(i);
            if (i == levels.size()) {
                levels.add(known);
            } else if (known != null) {
                levels.set(i, known);
            }
        }
        return key.isKnown(levels, filter.levels().size(), isOpenEnded)
                ? key.render(levels.toArray(new String[0]), filter.levels().size(), "")
                : null;
    }

    private boolean mayBeSystem() {
        return !filter.plain().startsWithWildcard();
    }

    /** Runs the rule backwards for a record without {@code mqtt.topic}. */
    Backwards backwards(Bindings fromTopic, byte @Nullable [] keyBytes) {
        String topicName = key == null ? null : assemble(fromTopic);
        if (topicName != null) {
            return Backwards.to(topicName);
        }
        String keyText = keyBytes == null ? null : StrictUtf8.decode(keyBytes);
        if (keyText == null) {
            return Backwards.refused("key: " + (keyBytes == null ? "none" : "no UTF-8") + " (expected: "
                    + (key == null ? "the MQTT topic" : "text like " + Quoted.of(String.valueOf(rule.key()))) + ")");
        }
        if (key == null) {
            return Backwards.to(keyText);
        }
        Bindings bindings = fromTopic.copy();
        topicName = key.parse(keyText, bindings) ? assemble(bindings) : null;
        if (topicName == null) {
            List<String> missing = missingCaptures();
            return Backwards.refused(
                    missing.isEmpty()
                            ? "key: " + Quoted.of(keyText) + " (expected: one way to read it as "
                                    + Quoted.of(String.valueOf(rule.key())) + ")"
                            : "rule: neither Kafka topic nor key say " + String.join(", ", missing)
                                    + " (expected: header mqtt.topic)");
        }
        return Backwards.to(topicName);
    }

    private @Nullable String assemble(Bindings bindings) {
        List<@Nullable String> levels = new ArrayList<>();
        for (int i = 0; i < filter.levels().size(); i++) {
            levels.add(bindings.level(i));
        }
        if (filter.isOpen()) {
            List<String> rest = bindings.rest();
            if (rest == null) {
                return null;
            }
            levels.addAll(rest);
        }
        return levels.contains(null) ? null : String.join("/", levels);
    }

    /** The captures without which a plain record can't be given an MQTT topic: none when the rule is reversible. */
    List<String> missingCaptures() {
        if (key == null) {
            return List.of();
        }
        List<Piece> pieces = new ArrayList<>(topic.pieces());
        pieces.addAll(key.pieces());
        boolean[] bound = new boolean[filter.levelsMin()];
        boolean restBound = !filter.isOpen();
        for (Piece piece : pieces) {
            restBound |= piece.kind() == Piece.Kind.REST;
            if (piece.kind() == Piece.Kind.LEVEL) {
                bound[piece.slot()] = true;
            }
        }
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < filter.levels().size(); i++) {
            if (!bound[i] && filter.levels().get(i).literal() == null) {
                missing.add(filter.reference(i));
            }
        }
        if (!restBound) {
            missing.add(filter.restReference());
        }
        return missing;
    }
}
