package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks for everything that is wrong with a list of rules, so that an operator sees it at once. Used once. */
final class RuleCheck {

    private final List<IngressRule> ingress;
    private final List<EgressRule> egress;
    private final MappingSettings settings;
    private final List<RuleProblem> problems = new ArrayList<>();
    private final Map<String, String> placesByName = new HashMap<>();

    RuleCheck(List<IngressRule> ingress, List<EgressRule> egress, MappingSettings settings) {
        this.ingress = ingress;
        this.egress = egress;
        this.settings = settings;
    }

    List<RuleProblem> problems() {
        List<@Nullable RuleFilter> filters = new ArrayList<>();
        List<@Nullable CompiledIngress> compiled = new ArrayList<>();
        for (int i = 0; i < ingress.size(); i++) {
            IngressRule rule = ingress.get(i);
            checkName(true, i, rule.name());
            int before = problems.size();
            RuleFilter filter = checkIngress(i, rule);
            compiled.add(problems.size() == before ? new CompiledIngress(rule, settings) : null);
            checkReachable(i, filter, filters);
            filters.add(filter);
        }
        for (int i = 0; i < egress.size(); i++) {
            EgressRule rule = egress.get(i);
            checkName(false, i, rule.name());
            CompiledEgress exposed = checkEgress(i, rule);
            if (exposed != null) {
                checkLoop(i, exposed, compiled);
            }
        }
        return List.copyOf(problems);
    }

    private void checkName(boolean isIngress, int index, String name) {
        String place = (isIngress ? "ingress[" : "egress[") + index + "]";
        if (name.isBlank()) {
            error(isIngress, index, "name", "name is empty (expected: a name of its own for logs and metrics)");
            return;
        }
        String other = placesByName.putIfAbsent(name, place);
        if (other != null) {
            error(isIngress, index, "name", "name \"" + name + "\" is also that of " + other + " (expected: another)");
        }
    }

    private @Nullable RuleFilter checkIngress(int index, IngressRule rule) {
        RuleFilter filter;
        try {
            filter = RuleFilter.parse(rule.filter());
        } catch (IllegalArgumentException e) {
            error(true, index, "filter", e.getMessage());
            return null;
        }
        attempt(true, index, "topic", () -> KafkaTopicTemplate.of(filter, rule.topic(), rule.illegalName(), settings));
        String key = rule.key();
        if (key != null) {
            attempt(true, index, "key", () -> TextTemplate.of("key", filter, key));
        }
        rule.headers().forEach((name, text) -> {
            String field = "headers." + name;
            if (name.isEmpty() || MessageHeaders.isReserved(name)) {
                error(
                        true,
                        index,
                        field,
                        "header \"" + name + "\" (expected: a name that docs/reference/record.md"
                                + " leaves to rules: neither mqtt.* nor content-type, traceparent, tracestate)");
            }
            attempt(true, index, field, () -> TextTemplate.of(field, filter, text));
        });
        return filter;
    }

    private void checkReachable(int index, @Nullable RuleFilter filter, List<@Nullable RuleFilter> earlier) {
        for (int i = 0; filter != null && i < earlier.size(); i++) {
            RuleFilter other = earlier.get(i);
            if (other != null && takesAll(other.plain(), filter.plain())) {
                boolean everything = other.plain().value().equals(TopicFilter.MULTI_LEVEL);
                problems.add(new RuleProblem(
                        false,
                        true,
                        index,
                        "filter",
                        "can never match: ingress[" + i + "] \""
                                + ingress.get(i).name() + "\" already takes "
                                + (everything ? "everything" : "all of \"" + filter.text() + "\"")));
                return;
            }
        }
    }

    /** Whether the wide filter matches every topic name that the narrow one matches. */
    private static boolean takesAll(TopicFilter wide, TopicFilter narrow) {
        if (wide.startsWithWildcard() && narrow.levels().get(0).startsWith("$")) {
            // [MQTT-4.7.2-1]
            return false;
        }
        for (int i = 0; i < wide.levels().size(); i++) {
            String level = wide.levels().get(i);
            if (level.equals(TopicFilter.MULTI_LEVEL)) {
                return true;
            }
            if (i == narrow.levels().size()) {
                return false;
            }
            String other = narrow.levels().get(i);
            boolean taken = level.equals(TopicFilter.SINGLE_LEVEL)
                    ? !other.equals(TopicFilter.MULTI_LEVEL)
                    : level.equals(other);
            if (!taken) {
                return false;
            }
        }
        return wide.levels().size() == narrow.levels().size();
    }

    private @Nullable CompiledEgress checkEgress(int index, EgressRule rule) {
        List<String> captures = new ArrayList<>();
        int before = problems.size();
        attempt(false, index, "topic", () -> KafkaTopicTemplate.pattern(rule.topic(), captures, settings));
        if (problems.size() == before) {
            attempt(false, index, "filter", () -> EgressTemplate.of(rule.filter(), rule.topic(), captures));
        }
        return problems.size() == before ? new CompiledEgress(rule, settings) : null;
    }

    /** What a device publishes to the topics of an egress rule must not come back as if Kafka's programs had said it. */
    private void checkLoop(int index, CompiledEgress exposed, List<@Nullable CompiledIngress> candidates) {
        LevelPattern pattern = exposed.template().pattern();
        for (CompiledIngress candidate : candidates) {
            if (candidate != null
                    && pattern.meets(candidate.filter().plain())
                    && TemplateOverlap.exists(
                            exposed.topic().pieces(), candidate.topic().pieces(), pattern.levels())) {
                problems.add(new RuleProblem(
                        false,
                        false,
                        index,
                        "filter",
                        "loop: what devices publish to \"" + exposed.rule().filter() + "\" goes by ingress rule \""
                                + candidate.rule().name() + "\" to \""
                                + candidate.rule().topic()
                                + "\", which this rule exposes again"));
                return;
            }
        }
    }

    private void attempt(boolean isIngress, int index, String field, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException e) {
            error(isIngress, index, field, e.getMessage());
        }
    }

    private void error(boolean isIngress, int index, String field, @Nullable String message) {
        problems.add(new RuleProblem(true, isIngress, index, field, String.valueOf(message)));
    }
}
