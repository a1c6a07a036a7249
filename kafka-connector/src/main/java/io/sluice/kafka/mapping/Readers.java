package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.message.TopicFilter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rules that expose one Kafka topic, with what each knows of its messages from the topic alone. Immutable.
 *
 * @param ingress the ingress rules, backwards
 * @param egress the egress rules
 */
record Readers(List<IngressReader> ingress, List<EgressReader> egress) {

    record IngressReader(CompiledIngress rule, Bindings bindings, LevelPattern topics) {}

    record EgressReader(CompiledEgress rule, Bindings captures, LevelPattern topics) {}

    Readers {
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
    }

    boolean isEmpty() {
        return ingress.isEmpty() && egress.isEmpty();
    }

    /** The rule to blame for a record that none can read. */
    String firstRuleName() {
        return ingress.isEmpty()
                ? egress.get(0).rule().rule().name()
                : ingress.get(0).rule().rule().name();
    }

    /** Where in the Kafka topic messages can be that the filter matches. */
    TopicDemand demand(TopicFilter filter) {
        TopicDemand demand = TopicDemand.NONE;
        for (IngressReader reader : ingress) {
            if (!demand.whole() && reader.topics().meets(filter)) {
                demand = demand.and(demand(
                        reader.rule().rule().partitioner(), () -> reader.rule().key(reader.bindings(), filter)));
            }
        }
        for (EgressReader reader : egress) {
            if (!demand.whole() && reader.topics().meets(filter)) {
                demand = demand.and(demand(
                        reader.rule().rule().partitioner(), () -> reader.rule().key(reader.captures(), filter)));
            }
        }
        return demand;
    }

    private static TopicDemand demand(Partitioner partitioner, Supplier<@Nullable String> key) {
        String text = partitioner == Partitioner.MURMUR2 ? key.get() : null;
        return text == null ? TopicDemand.WHOLE : TopicDemand.ofKey(text.getBytes(UTF_8));
    }
}
