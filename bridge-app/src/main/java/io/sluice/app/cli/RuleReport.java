package io.sluice.app.cli;

import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.mapping.Reversibility;
import io.sluice.kafka.mapping.RuleSet;
import java.util.ArrayList;
import java.util.List;

/** What can be said of the rules beyond what is wrong with them. */
final class RuleReport {

    private RuleReport() {}

    /** A line per rule. */
    static List<String> lines(SluiceConfig config) {
        RuleSet rules = RuleSet.of(config.ingressRules(), config.egressRules());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < config.ingress().size(); i++) {
            var rule = config.ingress().get(i);
            lines.add("ingress[" + i + "] \"" + rule.name() + "\": " + rule.filter() + " -> " + rule.topic() + "; "
                    + sentence(rules.reversibility().get(i)));
        }
        for (int i = 0; i < config.egress().size(); i++) {
            var rule = config.egress().get(i);
            lines.add("egress[" + i + "] \"" + rule.name() + "\": " + rule.topic() + " -> " + rule.filter());
        }
        return lines;
    }

    /** Whether records of other programs reach subscribers by this rule. */
    static String sentence(Reversibility reversibility) {
        if (!reversibility.subscribe()) {
            return "not readable by subscribers (subscribe: false)";
        }
        if (reversibility.isReversible()) {
            return "reversible";
        }
        return "not reversible: neither Kafka topic nor key say " + String.join(", ", reversibility.missing())
                + ", so records of other programs need the header mqtt.topic";
    }
}
