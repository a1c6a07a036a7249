package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ClientId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules written shortly: {@code allow publish,retain a/#}. */
final class Rules {

    private Rules() {}

    static List<Rule> of(String... lines) {
        List<Rule> rules = new ArrayList<>();
        for (String line : lines) {
            rules.add(rule("authorization[" + rules.size() + "]", line, Conditions.NONE));
        }
        return rules;
    }

    static Rule rule(String name, String line, Conditions conditions) {
        String[] words = line.split(" ", 3);
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (String word : words[1].split(",")) {
            actions.add(Action.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        List<TopicPattern> topics =
                Arrays.stream(words[2].split(" ")).map(TopicPattern::parse).toList();
        return new Rule(name, words[0].equals("allow"), actions, topics, conditions);
    }

    static Client client(String clientId, @Nullable String userName, String... groups) {
        Principal principal = new Principal(userName, Set.of(groups), Principal.NEVER);
        return new Client(new ClientId(clientId), principal, "mqtt", null);
    }

    static Permissions permissions(Client client, String... lines) {
        return new RulesAuthorizer(of(lines)).permissions(client);
    }
}
