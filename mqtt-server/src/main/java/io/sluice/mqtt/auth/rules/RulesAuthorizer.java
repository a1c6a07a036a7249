package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import java.util.List;
import java.util.Optional;

/**
 * Answers by rules in order: the first that is about the client, the action and the topic decides, and what none is
 * about is denied; without any rule that is everything. Safe for all threads: the rules are replaced as a whole, and
 * {@link Permissions} keep those that they were made of.
 */
public final class RulesAuthorizer implements Authorizer {

    private volatile List<CompiledRule> rules;

    public RulesAuthorizer(List<Rule> rules) {
        this.rules = compiled(rules);
    }

    /** From now on these rules are asked. Who has permissions of before asks anew. */
    public void replace(List<Rule> others) {
        rules = compiled(others);
    }

    private static List<CompiledRule> compiled(List<Rule> rules) {
        return rules.stream().map(CompiledRule::new).toList();
    }

    @Override
    public Permissions permissions(Client client) {
        return RulePermissions.of(rules, client);
    }

    /** The rule that has decided, with its whole text, or nothing when none has. */
    public Optional<Rule> explain(Decision decision) {
        return rules.stream()
                .map(CompiledRule::rule)
                .filter(rule -> rule.name().equals(decision.rule()))
                .findFirst();
    }
}
