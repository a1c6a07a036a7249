package io.sluice.mqtt.auth.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random rules against a naive checker: what is allowed topic by topic. {@code -Dseed} repeats a run. */
final class RulesPropertyTest {

    private static final Universe UNIVERSE = new Universe();
    private static final int LISTS = 30_000;
    private static final int QUESTIONS_PER_LIST = 40;
    private static final Client CLIENT = new Client(new ClientId("c"), Principal.user("u"), "mqtt", null);

    private final long seed = Long.getLong("seed", 20_251_121);
    private final Random random = new Random(seed);
    private final List<TopicFilter> filters =
            UNIVERSE.filters.stream().map(TopicFilter::of).toList();
    private final List<TopicName> names =
            UNIVERSE.topics.stream().map(TopicName::of).toList();

    /** A rule of the naive checker. */
    private record NaiveRule(boolean allow, Set<Action> actions, List<Integer> filters) {}

    @Test
    void aSubscriptionIsAllowedOnlyWhenEveryTopicIs() {
        int allowed = 0;
        for (int i = 0; i < LISTS; i++) {
            List<NaiveRule> rules = randomRules();
            Permissions permissions = permissions(rules);
            BitSet readable = allowedTopics(rules, Action.SUBSCRIBE);
            boolean exact = isOneAllowAfterDenies(rules);
            for (int q = 0; q < QUESTIONS_PER_LIST; q++) {
                int filter = random.nextInt(filters.size());
                BitSet beyond = (BitSet) UNIVERSE.matched.get(filter).clone();
                beyond.andNot(readable);

                boolean answer = permissions.subscribe(filters.get(filter)).allowed();

                if (answer ? !beyond.isEmpty() : exact && beyond.isEmpty()) {
                    throw wrong(rules, "subscribe " + filters.get(filter), answer);
                }
                allowed += answer ? 1 : 0;
            }
        }
        assertThat(allowed).as("allowed of %s", LISTS * QUESTIONS_PER_LIST).isGreaterThan(LISTS);
    }

    @Test
    void aPublicationIsDecidedByTheFirstRuleThatMatches() {
        int allowed = 0;
        for (int i = 0; i < LISTS; i++) {
            List<NaiveRule> rules = randomRules();
            Permissions permissions = permissions(rules);
            BitSet publish = allowedTopics(rules, Action.PUBLISH);
            BitSet retain = allowedTopics(rules, Action.RETAIN);
            BitSet will = allowedTopics(rules, Action.WILL);
            for (int q = 0; q < QUESTIONS_PER_LIST; q++) {
                int topic = random.nextInt(names.size());
                boolean retained = random.nextBoolean();
                boolean expected = publish.get(topic) && (!retained || retain.get(topic));

                boolean answer = permissions.publish(names.get(topic), retained).allowed();
                boolean ofWill = permissions.will(names.get(topic), retained).allowed();

                if (answer != expected || ofWill != (expected && will.get(topic))) {
                    throw wrong(rules, "publish " + names.get(topic) + (retained ? " retained" : ""), answer);
                }
                allowed += answer ? 1 : 0;
            }
        }
        assertThat(allowed).as("allowed of %s", LISTS * QUESTIONS_PER_LIST).isGreaterThan(LISTS);
    }

    /** Without a union of allows to be recognized, the answer has to be exact. */
    private static boolean isOneAllowAfterDenies(List<NaiveRule> rules) {
        List<NaiveRule> about = rules.stream()
                .filter(rule -> rule.actions().contains(Action.SUBSCRIBE))
                .toList();
        long allows = about.stream().filter(NaiveRule::allow).count();
        return allows == 1
                && about.get(about.size() - 1).allow()
                && about.get(about.size() - 1).filters().size() == 1;
    }

    private List<NaiveRule> randomRules() {
        List<NaiveRule> rules = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            List<Integer> indexes = new ArrayList<>();
            do {
                indexes.add(random.nextInt(8) == 0 ? 0 : random.nextInt(filters.size()));
            } while (random.nextInt(4) == 0);
            rules.add(new NaiveRule(random.nextInt(3) > 0, randomActions(), indexes));
        }
        return rules;
    }

    private Set<Action> randomActions() {
        return switch (random.nextInt(6)) {
            case 0 -> Set.of(Action.RETAIN);
            case 1 -> Set.of(Action.WILL);
            case 2 -> Set.of(Action.PUBLISH);
            case 3 -> Set.of(Action.SUBSCRIBE);
            default -> Set.of(Action.PUBLISH, Action.SUBSCRIBE);
        };
    }

    private static BitSet allowedTopics(List<NaiveRule> rules, Action action) {
        BitSet allowed = new BitSet();
        BitSet undecided = new BitSet();
        undecided.set(0, UNIVERSE.topics.size());
        for (NaiveRule rule : rules) {
            boolean isAbout = rule.actions().contains(action)
                    || (action != Action.SUBSCRIBE && rule.actions().contains(Action.PUBLISH));
            for (int filter : isAbout ? rule.filters() : List.<Integer>of()) {
                BitSet decided = (BitSet) UNIVERSE.matched.get(filter).clone();
                decided.and(undecided);
                if (rule.allow()) {
                    allowed.or(decided);
                }
                undecided.andNot(decided);
            }
        }
        return allowed;
    }

    private static Permissions permissions(List<NaiveRule> rules) {
        List<Rule> real = new ArrayList<>();
        for (NaiveRule rule : rules) {
            List<TopicPattern> topics = rule.filters().stream()
                    .map(UNIVERSE.filters::get)
                    .map(TopicPattern::parse)
                    .toList();
            real.add(new Rule("r" + real.size(), rule.allow(), rule.actions(), topics, Conditions.NONE));
        }
        return new RulesAuthorizer(real).permissions(CLIENT);
    }

    private AssertionError wrong(List<NaiveRule> rules, String question, boolean answer) {
        List<String> shown = rules.stream()
                .map(rule -> (rule.allow() ? "allow " : "deny ") + rule.actions() + " "
                        + rule.filters().stream().map(UNIVERSE.filters::get).toList())
                .toList();
        return new AssertionError("seed " + seed + ": " + question + " is " + answer + " by " + shown);
    }
}
