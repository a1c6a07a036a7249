package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An egress rule, ready to run. Immutable. */
final class CompiledEgress {

    private final EgressRule rule;
    private final KafkaTopicTemplate topic;
    private final EgressTemplate template;
    private final int captureCount;

    /**
     * Compiles the rule.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    CompiledEgress(EgressRule rule, MappingSettings settings) {
        List<String> captures = new ArrayList<>();
        this.rule = rule;
        this.topic = KafkaTopicTemplate.pattern(rule.topic(), captures, settings);
        this.template = EgressTemplate.of(rule.filter(), rule.topic(), captures);
        this.captureCount = captures.size();
    }

    EgressRule rule() {
        return rule;
    }

    KafkaTopicTemplate topic() {
        return topic;
    }

    EgressTemplate template() {
        return template;
    }

    /** What the rule captures of a Kafka topic, or null when it does not expose it. */
    @Nullable
    Bindings read(String kafkaTopic) {
        Bindings captures = new Bindings(captureCount);
        return topic.parse(kafkaTopic, captures) ? captures : null;
    }

    /** The key that every record has which the filter can match, or null where they may have different ones. */
    @Nullable
    String key(Bindings captures, TopicFilter wanted) {
        return template.key(captures, wanted);
    }

    /** The MQTT topic of a record, or why there is none: one of the two is null. */
    Backwards topicOf(Bindings captures, byte @Nullable [] keyBytes) {
        String key = "";
        if (template.usesKey()) {
            String text = keyBytes == null ? null : StrictUtf8.decode(keyBytes);
            if (text == null) {
                return Backwards.refused(
                        "key: " + (keyBytes == null ? "none" : "no UTF-8") + " (expected: text for {key})");
            }
            if (text.indexOf('/') >= 0 && !template.takesLevelsOfKey()) {
                return Backwards.refused(
                        "key: " + Quoted.of(text) + " (expected: no '/', because {key} is not the end of the filter)");
            }
            key = text;
        }
        return Backwards.to(template.render(captures, key));
    }
}
