package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.kafka.mapping.IngressMapping.Unmapped;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.MessageHeaders;
import io.sluice.kafka.mapping.RecordMapping;
import io.sluice.kafka.mapping.Reversibility;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.mapping.TopicDemand;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Writes what the rules make of one topic. */
final class MapReport {

    private static final byte[] EMPTY_VALUE = {};

    private final RuleSet rules;
    private final PrintWriter out;

    MapReport(SluiceConfig config, PrintWriter out) {
        this.rules = RuleSet.of(config.ingressRules(), config.egressRules());
        this.out = out;
    }

    /** A PUBLISH to this topic; false when the rules refuse it. */
    boolean publish(String topic, @Nullable String client, int qosLevel) {
        String problem = TopicName.problem(topic);
        if (problem != null) {
            line("refused", problem);
            return false;
        }
        TopicName topicName = TopicName.of(topic);
        ClientId clientId = client == null ? null : new ClientId(client);
        if (rules.map(topicName, clientId) instanceof Mapped mapped) {
            Qos qos = Qos.of(qosLevel).min(mapped.rule().qosMax());
            Message message = new Message(topicName, qos, false, Payload.EMPTY, MessageProperties.NONE, clientId);
            printMapped(message, mapped, qosLevel);
            return true;
        }
        if (rules.map(topicName, clientId) instanceof Unmapped unmapped) {
            line("refused", unmapped.refusal() + ": " + unmapped.detail());
            line("rule", unmapped.ruleName().isEmpty() ? "none" : unmapped.ruleName());
        }
        return false;
    }

    /** What the format of the rule makes of a payload; false when it does not fit. */
    boolean format(SluiceConfig config, String topic, @Nullable String client, Payload payload) {
        Message message = new Message(
                TopicName.of(topic),
                Qos.AT_LEAST_ONCE,
                false,
                payload,
                MessageProperties.NONE,
                client == null ? null : new ClientId(client));
        if (!(rules.map(message.topicName(), message.publisher()) instanceof Mapped mapped)) {
            return false;
        }
        try {
            FormatReport report = FormatReport.of(config, message, mapped, System.currentTimeMillis());
            report.lines().forEach(this::line);
            return report.fits();
        } catch (IOException e) {
            line("format", String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void printMapped(Message message, Mapped mapped, int qosAsked) {
        IngressRule rule = mapped.rule();
        line("rule", rule.name() + " (" + rule.filter() + " -> " + rule.topic() + ")");
        Captures.of(rule.filter(), message.topicName()).forEach((name, text) -> line("capture", name + " = " + text));
        line("kafka topic", mapped.kafkaTopic());
        line("key", text(mapped.key()));
        String granted = message.qos().level() < qosAsked ? " (asked for " + qosAsked + ", qos-max of the rule)" : "";
        line("qos", message.qos().level() + granted);
        for (Header header : MessageHeaders.of(message, mapped)) {
            line("header", header.key() + ": " + text(header.value()));
        }
        Reversibility reversibility = rules.reversibility().stream()
                .filter(r -> r.ruleName().equals(rule.name()))
                .findFirst()
                .orElseThrow();
        line("backwards", RuleReport.sentence(reversibility));
    }

    /** A SUBSCRIBE to this filter. */
    boolean filter(String text, String[] kafkaTopics, SluiceConfig config) {
        String problem = TopicFilter.problem(text);
        if (problem != null) {
            line("refused", problem);
            return false;
        }
        TopicFilter filter = TopicFilter.of(text);
        List<String> candidates = kafkaTopics.length > 0 ? List.of(kafkaTopics) : literalTopics(config);
        for (String kafkaTopic : candidates) {
            TopicDemand demand = rules.demand(kafkaTopic, filter);
            line(
                    demand.isNone() ? "passes over" : "reads",
                    kafkaTopic + (demand.isOfKeys() ? ", where the key is" : ""));
        }
        if (candidates.isEmpty()) {
            line("reads", "whatever the rules' templates make; try one with --kafka-topic");
        }
        return true;
    }

    /** The Kafka topics that the configuration names outright. */
    private static List<String> literalTopics(SluiceConfig config) {
        Stream<String> ingress = config.ingressRules().stream().map(IngressRule::topic);
        Stream<String> egress = config.egressRules().stream().map(rule -> rule.topic());
        return Stream.concat(ingress, egress)
                .filter(topic -> topic.indexOf('{') < 0)
                .distinct()
                .toList();
    }

    /** A record of another program; false when it reaches no subscriber. */
    boolean reverse(String kafkaTopic, byte @Nullable [] key) {
        RecordMapping mapping = rules.toMessage(kafkaTopic, key, EMPTY_VALUE, new RecordHeaders());
        if (mapping instanceof RecordMapping.Mapped mapped) {
            line("rule", mapped.ruleName());
            line("mqtt topic", mapped.message().topicName().value());
            line("qos", String.valueOf(mapped.message().qos().level()));
            return true;
        }
        if (mapping instanceof RecordMapping.Skipped skipped) {
            line("skipped", skipped.detail());
            line("rule", skipped.ruleName().isEmpty() ? "none" : skipped.ruleName());
        }
        return false;
    }

    private void line(String label, String text) {
        out.printf("%-12s %s%n", label, Objects.requireNonNull(text));
    }

    private static String text(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return "0x" + HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 64)));
        }
    }
}
