package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A rule with what is the same for every client that it is about. Immutable. */
final class CompiledRule {

    private final Rule rule;
    private final Map<Action, Decision> decisions = new EnumMap<>(Action.class);
    /** Null when names are filled in. */
    private final @Nullable List<LevelFilter> forEverybody;

    CompiledRule(Rule rule) {
        this.rule = rule;
        for (Action action : Action.values()) {
            decisions.put(action, new Decision(rule.allow(), action, rule.name()));
        }
        boolean filled = rule.topics().stream().anyMatch(TopicPattern::isFilled);
        this.forEverybody =
                filled ? null : rule.topics().stream().map(TopicPattern::plain).toList();
    }

    Rule rule() {
        return rule;
    }

    Decision decision(Action action) {
        return Objects.requireNonNull(decisions.get(action));
    }

    /** Where it is about this client; empty when it is not. */
    List<LevelFilter> filters(Client client) {
        if (!rule.conditions().hold(client, !rule.allow())) {
            return List.of();
        }
        if (forEverybody != null) {
            return forEverybody;
        }
        List<LevelFilter> filters = new ArrayList<>(rule.topics().size());
        for (TopicPattern topic : rule.topics()) {
            filters.addAll(rule.allow() ? topic.allowed(client) : topic.denied(client));
        }
        return filters;
    }
}
