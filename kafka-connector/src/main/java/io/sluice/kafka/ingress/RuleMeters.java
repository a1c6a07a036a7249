package io.sluice.kafka.ingress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.RefusalCounters;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import java.util.EnumSet;
import java.util.Set;

/** What became of the messages of one rule. Immutable; the counters are safe for all threads. */
final class RuleMeters {

    private static final Set<Refusal> WITHOUT_RULE = EnumSet.of(Refusal.NO_RULE, Refusal.NOT_AUTHORIZED);
    private static final Set<Refusal> BY_FORMAT = EnumSet.of(Refusal.PAYLOAD_FORMAT, Refusal.SCHEMA);
    private static final Set<Refusal> BY_RULE =
            EnumSet.complementOf(EnumSet.of(Refusal.NO_RULE, Refusal.PAYLOAD_FORMAT, Refusal.SCHEMA));
    private static final Set<Refusal> BY_RULE_OR_FORMAT = EnumSet.complementOf(EnumSet.of(Refusal.NO_RULE));

    /** What may become of messages. */
    enum Kind {
        /** No rule matched. */
        NO_RULE,
        /** Payloads are nobody's business. */
        RAW,
        /** What does not fit is refused. */
        REFUSING,
        /** What does not fit is put aside. */
        DEAD_LETTERING;

        private Set<Refusal> refusals() {
            return switch (this) {
                case NO_RULE -> WITHOUT_RULE;
                case RAW, DEAD_LETTERING -> BY_RULE;
                case REFUSING -> BY_RULE_OR_FORMAT;
            };
        }
    }

    private final Counter acknowledged0;
    private final Counter acknowledged1;
    private final Counter acknowledged2;
    private final RefusalCounters rejected;
    private final RefusalCounters qos0Lost;
    private final RefusalCounters deadLettered;

    RuleMeters(String rule, Kind kind, MeterRegistry registry) {
        Set<Refusal> possible = kind.refusals();
        deadLettered = new RefusalCounters(
                // Of no rule, so that there are some from the start, wherever sums are made of them.
                kind == Kind.DEAD_LETTERING || kind == Kind.NO_RULE ? BY_FORMAT : Set.of(),
                refusal -> refused(
                        "sluice.ingress.dead.lettered",
                        "Messages whose payload did not fit, in the rule's dead-letter topic",
                        rule,
                        refusal,
                        registry));
        acknowledged0 = acknowledged(rule, Qos.AT_MOST_ONCE, registry);
        acknowledged1 = acknowledged(rule, Qos.AT_LEAST_ONCE, registry);
        acknowledged2 = acknowledged(rule, Qos.EXACTLY_ONCE, registry);
        rejected = new RefusalCounters(
                possible,
                refusal -> refused(
                        "sluice.ingress.rejected",
                        "Messages not written, and the device told so",
                        rule,
                        refusal,
                        registry));
        qos0Lost = new RefusalCounters(
                possible,
                refusal -> refused(
                        "sluice.ingress.qos0.lost",
                        "QoS 0 messages not written: nobody to tell",
                        rule,
                        refusal,
                        registry));
    }

    private static Counter acknowledged(String rule, Qos qos, MeterRegistry registry) {
        return Counter.builder("sluice.ingress.acknowledged")
                .description("Records that Kafka acknowledged")
                .tag("rule", rule)
                .tag("qos", Integer.toString(qos.level()))
                .register(registry);
    }

    private static Counter refused(
            String name, String description, String rule, Refusal refusal, MeterRegistry registry) {
        return Counter.builder(name)
                .description(description)
                .tag("rule", rule)
                .tag("reason", refusal.id())
                .register(registry);
    }

    void count(Qos qos, PublishOutcome outcome) {
        if (outcome instanceof PublishOutcome.Refused refused) {
            (qos == Qos.AT_MOST_ONCE ? qos0Lost : rejected).increment(refused.refusal());
            return;
        }
        if (outcome instanceof PublishOutcome.DeadLettered aside) {
            deadLettered.increment(aside.reason());
            return;
        }
        Counter acknowledged =
                switch (qos) {
                    case AT_MOST_ONCE -> acknowledged0;
                    case AT_LEAST_ONCE -> acknowledged1;
                    case EXACTLY_ONCE -> acknowledged2;
                };
        acknowledged.increment();
    }
}
