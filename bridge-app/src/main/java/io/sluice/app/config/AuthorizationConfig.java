package io.sluice.app.config;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.rules.Conditions;
import io.sluice.mqtt.auth.rules.Network;
import io.sluice.mqtt.auth.rules.Rule;
import io.sluice.mqtt.auth.rules.TopicPattern;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule of who may do what.
 *
 * @param allow the actions that it allows, or null when it denies
 * @param deny the actions that it denies, or null when it allows
 * @param topic MQTT filters with placeholders
 * @param user user names, or null for any
 * @param group groups, or null for any
 * @param client client ids, or null for any
 * @param listener names of listeners, or null for any
 * @param source networks, or null for any
 */
public record AuthorizationConfig(
        @Key("What the rule allows: `publish`, `subscribe`, `retain`, `will`; `publish` includes `retain` and `will`. "
                + "Each rule has either `allow` or `deny`.")
        @Nullable
        Words allow,

        @Key("What the rule denies, in the same words.") @Nullable
        Words deny,

        @Key(
                value =
                        "MQTT filter; in a level `%u` is the user name, `%c` the client id, `%g` any one of the client's "
                                + "groups, `%%` a percent sign. A subscription is allowed when all that it matches is.",
                byDefault = Key.REQUIRED)
        Words topic,

        @Key("Only for these user names.") @Nullable Words user,

        @Key("Only for clients in one of these groups.") @Nullable
        Words group,

        @Key("Only for these client ids.") @Nullable Words client,

        @Key("Only for clients of these listeners.") @Nullable
        Words listener,

        @Key("Only for clients from these networks, e.g. `10.0.0.0/8` or `2001:db8::/32`.") @Nullable
        Words source) {

    static final List<String> ACTIONS =
            Arrays.stream(Action.values()).map(Action::id).toList();

    /** The actions, whether they are allowed or denied; null when neither is said. */
    @Nullable
    Words actions() {
        return allow != null ? allow : deny;
    }

    /**
     * The rule that is meant.
     *
     * @throws IllegalArgumentException when a word is none that can be
     */
    Rule toRule(String name) {
        List<String> words = Objects.requireNonNull(actions()).words();
        Set<Action> actions = Arrays.stream(Action.values())
                .filter(action -> words.contains(action.id()))
                .collect(Collectors.toSet());
        List<TopicPattern> topics =
                topic.words().stream().map(TopicPattern::parse).toList();
        List<Network> sources = source == null
                ? List.of()
                : source.words().stream().map(Network::parse).toList();
        Conditions conditions = new Conditions(set(user), set(group), set(client), set(listener), sources);
        return new Rule(name, allow != null, actions, topics, conditions);
    }

    private static Set<String> set(@Nullable Words words) {
        return words == null ? Set.of() : Set.copyOf(words.words());
    }
}
