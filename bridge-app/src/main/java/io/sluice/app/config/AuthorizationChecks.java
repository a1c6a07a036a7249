package io.sluice.app.config;

import io.sluice.mqtt.auth.rules.Network;
import io.sluice.mqtt.auth.rules.Rule;
import io.sluice.mqtt.auth.rules.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with the rules of who may do what. An error here never means fewer rules: nothing is started. */
final class AuthorizationChecks {

    private static final Pattern NAMED_LEVEL = Pattern.compile("(?:.*/)?(\\{[^/]*})(?:/.*)?");

    private final SluiceConfig config;
    private final Binder binder;
    private final Problems problems;

    AuthorizationChecks(SluiceConfig config, Binder binder, Problems problems) {
        this.config = config;
        this.binder = binder;
        this.problems = problems;
    }

    void run() {
        List<AuthorizationConfig> written = config.authorization();
        if (written == null) {
            return;
        }
        if (written.isEmpty()) {
            problems.warning(
                    binder.place("authorization"),
                    "authorization",
                    "no rule, so nobody may publish or subscribe (expected: rules, or no such key to allow everything)");
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            String path = "authorization[" + i + "]";
            if (isWell(path, written.get(i))) {
                Rule rule = written.get(i).toRule(path);
                checkReach(rule, rules);
                rules.add(rule);
            }
        }
    }

    private boolean isWell(String path, AuthorizationConfig rule) {
        if ((rule.allow() == null) == (rule.deny() == null)) {
            String found = rule.allow() == null ? "neither allow nor deny" : "both allow and deny";
            problems.error(binder.place(path), path, found + " (expected: one of them)");
            return false;
        }
        boolean well = words(path + (rule.allow() != null ? ".allow" : ".deny"), rule.actions(), this::checkAction);
        well &= words(path + ".topic", rule.topic(), TopicPattern::parse);
        well &= words(path + ".source", rule.source(), Network::parse);
        if (binder.isRead("listeners")) {
            well &= words(path + ".listener", rule.listener(), this::checkListener);
        }
        if (well) {
            checkLevels(path + ".topic", rule.topic());
        }
        return well;
    }

    private boolean words(String path, @Nullable Words words, Consumer<String> check) {
        boolean well = true;
        for (int i = 0; words != null && i < words.words().size(); i++) {
            try {
                check.accept(words.words().get(i));
            } catch (IllegalArgumentException e) {
                problems.error(place(path, i), path, String.valueOf(e.getMessage()));
                well = false;
            }
        }
        return well;
    }

    /** Where the word is, or where the only one is. */
    private Place place(String path, int index) {
        Place place = binder.place(path + "[" + index + "]");
        return place.isDefault() ? binder.place(path) : place;
    }

    private void checkAction(String word) {
        if (!AuthorizationConfig.ACTIONS.contains(word)) {
            throw new IllegalArgumentException("\"" + word + "\" is not one of "
                    + String.join(", ", AuthorizationConfig.ACTIONS)
                    + Nearest.hint(word, AuthorizationConfig.ACTIONS));
        }
    }

    private void checkListener(String name) {
        if (!config.listeners().containsKey(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is no listener (expected: one of "
                    + String.join(", ", config.listeners().keySet()) + ")"
                    + Nearest.hint(name, config.listeners().keySet()));
        }
    }

    /** Who comes from the ingress rules expects a name: as text it matches nothing. */
    private void checkLevels(String path, Words topics) {
        for (int i = 0; i < topics.words().size(); i++) {
            var named = NAMED_LEVEL.matcher(topics.words().get(i));
            if (named.matches()) {
                problems.warning(
                        place(path, i),
                        path,
                        "level \"" + named.group(1)
                                + "\" is taken as text: only ingress filters name levels (expected: + for any)");
            }
        }
    }

    private void checkReach(Rule rule, List<Rule> earlier) {
        Optional<Rule> hiding = rule.hiddenBy(earlier);
        if (hiding.isPresent()) {
            Place other = binder.place(hiding.get().name());
            String line = other.line() == 0 ? "" : " (line " + other.line() + ")";
            problems.warning(
                    binder.place(rule.name()),
                    rule.name(),
                    "can never decide: " + hiding.get().name() + line + " already does");
        }
    }
}
