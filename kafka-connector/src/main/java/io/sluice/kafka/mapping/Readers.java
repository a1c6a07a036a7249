package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.List;

/**
 * The rules that expose one Kafka topic, with what each knows of its messages from the topic alone. Immutable.
 *
 * @param ingress the ingress rules, backwards
 * @param egress the egress rules
 */
record Readers(List<IngressReader> ingress, List<EgressReader> egress) {

    record IngressReader(CompiledIngress rule, Bindings bindings) {}

    record EgressReader(CompiledEgress rule, Bindings captures) {}

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

    /** Whether a message that the filter matches can be in the Kafka topic. */
    boolean meet(TopicFilter filter) {
        for (IngressReader reader : ingress) {
            if (reader.rule().pattern(reader.bindings()).meets(filter)) {
                return true;
            }
        }
        for (EgressReader reader : egress) {
            if (reader.rule().template().pattern(reader.captures()).meets(filter)) {
                return true;
            }
        }
        return false;
    }
}
