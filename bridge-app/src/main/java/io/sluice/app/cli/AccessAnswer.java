package io.sluice.app.cli;

import io.sluice.app.JsonText;
import io.sluice.app.config.ConfigEntry;
import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.Place;
import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.rules.Rule;
import io.sluice.mqtt.auth.rules.RulesAuthorizer;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import java.util.Optional;

/**
 * What the rules of who may do what answer, and which of them.
 *
 * @param decision the answer
 * @param rule the whole text of the rule that has decided, or ""
 * @param place where the rule is written
 */
record AccessAnswer(Decision decision, String rule, Place place) {

    /**
     * Asks the rules of the configuration.
     *
     * @throws IllegalArgumentException when the topic is none
     */
    static AccessAnswer ask(LoadedConfig loaded, Client client, Action action, String topic) {
        Optional<List<Rule>> rules = loaded.usable().authorizationRules();
        if (rules.isEmpty()) {
            return new AccessAnswer(decision(Permissions.ALL, action, topic), "", Place.DEFAULT);
        }
        RulesAuthorizer authorizer = new RulesAuthorizer(rules.get());
        Decision decision = decision(authorizer.permissions(client), action, topic);
        String text = authorizer.explain(decision).map(Rule::toString).orElse("");
        Place place = loaded.entries().stream()
                .filter(entry -> entry.path().startsWith(decision.rule() + "."))
                .findFirst()
                .map(ConfigEntry::place)
                .orElse(Place.DEFAULT);
        return new AccessAnswer(decision, text, place);
    }

    private static Decision decision(Permissions permissions, Action action, String topic) {
        return switch (action) {
            case PUBLISH -> permissions.publish(TopicName.of(topic), false);
            case RETAIN -> permissions.publish(TopicName.of(topic), true);
            case WILL -> permissions.will(TopicName.of(topic), false);
            case SUBSCRIBE -> permissions.subscribe(TopicFilter.of(topic));
        };
    }

    /** In a word. */
    String verdict() {
        return decision.allowed() ? "allowed" : "denied";
    }

    /** Which rule, with its text and where it is written. */
    String reason() {
        return decision.rule() + (rule.isEmpty() ? "" : " " + rule + " (" + place + ")");
    }

    String json() {
        return "{\"allowed\":" + decision.allowed()
                + ",\"action\":" + JsonText.quoted(decision.action().id())
                + ",\"rule\":" + JsonText.quoted(decision.rule())
                + ",\"text\":" + JsonText.quoted(rule)
                + ",\"source\":" + JsonText.quoted(rule.isEmpty() ? "" : place.source())
                + ",\"line\":" + place.line()
                + ",\"column\":" + place.column() + "}";
    }
}
