package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MappingPropertyTest {

    private static final int TOPICS = 100_000;
    private static final int RULE_SETS = 400;

    /** Few and nasty, so that random topics are often near misses of one another. */
    private static final String[] SCRAPS = {
        "a",
        "b",
        "x",
        ".",
        "_",
        "-",
        "--",
        "--2e",
        "2e",
        "empty",
        "none",
        "--empty",
        "--none",
        "5f",
        "ü",
        "u\u0308",
        " ",
        "%00",
        "\u202e",
        "__",
        "_sluice",
        "..",
        "\ud83d\ude00",
        "\u0001",
        "\uFFFD"
    };

    private static final String[] TEMPLATES = {
        "{1}",
        "{1}.{2}",
        "{1}_{2}",
        "{1}-{2}",
        "t.{1}.{2}",
        "t-{2}-{1}-x",
        "{2}.t",
        "_{1}.{2}",
        "_s{1}_t_{2}.",
        "{1}.{1}",
        "t.{rest...}",
        "{2}.{rest...}",
        "{1}a{2}",
        "{1}2e{2}",
        "{1}_-{rest...}-x",
        "t-{1}..{2}"
    };

    private final Seed seed = new Seed();
    private final SplittableRandom random = seed.random();

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private String level() {
        StringBuilder level = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            level.append(any(SCRAPS));
        }
        return level.toString();
    }

    private String topicName(int levelsMin, int levelsMax) {
        while (true) {
            List<String> levels = new ArrayList<>();
            for (int i = random.nextInt(levelsMin, levelsMax + 1); i > 0; i--) {
                levels.add(level());
            }
            String name = String.join("/", levels);
            if (TopicName.problem(name) == null) {
                return name;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IllegalName.class)
    void differentCapturesNeverMeetInOneKafkaTopic(IllegalName illegalName) {
        for (String template : TEMPLATES) {
            IngressRule rule = Rules.ingress("r", "+/+/{rest...}", template, null, HeaderMode.ALL, illegalName);
            RuleSet rules = RuleSet.of(List.of(rule), List.of());
            Map<String, List<String>> capturesByName = new HashMap<>();
            for (int i = 0; i < TOPICS / TEMPLATES.length; i++) {
                TopicName topicName = TopicName.of(topicName(2, 4));
                if (rules.map(topicName, null) instanceof IngressMapping.Mapped mapped) {
                    List<String> captures = captures(template, topicName.levels());
                    List<String> other = capturesByName.putIfAbsent(mapped.kafkaTopic(), captures);
                    assertThat(other == null || other.equals(captures))
                            .as(
                                    "%s: %s and %s both become %s; %s",
                                    template, other, captures, mapped.kafkaTopic(), seed)
                            .isTrue();
                    assertThat(KafkaTopicName.problem(mapped.kafkaTopic()))
                            .as("%s", seed)
                            .isNull();
                    assertThat(mapped.kafkaTopic())
                            .as("%s", seed)
                            .doesNotStartWith("__")
                            .doesNotStartWith("_sluice");
                }
            }
            assertThat(capturesByName).as(template).isNotEmpty();
        }
    }

    private static List<String> captures(String template, String[] levels) {
        List<String> captures = new ArrayList<>();
        if (template.contains("{1}")) {
            captures.add("1=" + levels[0]);
        }
        if (template.contains("{2}")) {
            captures.add("2=" + levels[1]);
        }
        if (template.contains("{rest...}")) {
            for (int i = 2; i < levels.length; i++) {
                captures.add("/" + levels[i]);
            }
        }
        return captures;
    }

    @Test
    void replacingRefusesNothingButLength() {
        for (String template : TEMPLATES) {
            IngressRule rule = Rules.ingress("r", "+/+/{rest...}", template, null, HeaderMode.ALL, IllegalName.REPLACE);
            RuleSet rules = RuleSet.of(List.of(rule), List.of());
            for (int i = 0; i < 2_000; i++) {
                String name = topicName(2, 4);
                if (rules.map(TopicName.of(name), null) instanceof IngressMapping.Unmapped unmapped) {
                    assertThat(unmapped.detail())
                            .as("%s of %s; %s", template, name, seed)
                            .containsAnyOf("at most 249", "filter matches");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IllegalName.class)
    void whatGoesInComesOutWithoutAHeader(IllegalName illegalName) {
        String[][] forms = {
            {"{1}", null},
            {"t", "{1}/{2}/{rest...}"},
            {"{1}.t", "{2}/{rest...}"},
            {"{1}.{2}", "{rest...}"},
            {"t.{rest...}", "{1}/{2}"},
            {"{2}.{1}.{rest...}", "constant"}
        };
        for (String[] form : forms) {
            IngressRule rule = Rules.ingress("r", "{x}/{y}/{rest...}", form[0], form[1], HeaderMode.NONE, illegalName);
            RuleSet rules = RuleSet.of(List.of(rule), List.of());
            int read = 0;
            for (int i = 0; i < 5_000; i++) {
                TopicName topicName = TopicName.of(topicName(3, 5));
                boolean keyHidesRest = topicName.levels().length == 3 && topicName.levels()[2].isEmpty();
                if (keyHidesRest || !(rules.map(topicName, null) instanceof IngressMapping.Mapped mapped)) {
                    continue;
                }
                RecordMapping back =
                        rules.toMessage(mapped.kafkaTopic(), mapped.key(), new byte[0], new RecordHeaders());
                assertThat(back).as("%s by %s; %s", topicName, mapped, seed).isInstanceOf(RecordMapping.Mapped.class);
                assertThat(((RecordMapping.Mapped) back).message().topicName())
                        .as("%s", seed)
                        .isEqualTo(topicName);
                read++;
            }
            assertThat(read).isPositive();
        }
    }

    @Test
    void demandNeverMissesAPartition() {
        long met = 0;
        long ofKeys = 0;
        for (int i = 0; i < RULE_SETS; i++) {
            RuleSet rules = RuleSet.of(ingressRules(), egressRules());
            for (int j = 0; j < 300; j++) {
                TopicName topicName = TopicName.of(plainTopicName());
                TopicFilter filter = TopicFilter.of(filter());
                if (filter.matches(topicName) && rules.map(topicName, null) instanceof IngressMapping.Mapped mapped) {
                    TopicDemand demand = rules.demand(mapped.kafkaTopic(), filter);
                    assertThat(includes(demand, mapped.key()))
                            .as("%s matches %s in %s, %s; %s", filter, topicName, mapped, demand, seed)
                            .isTrue();
                    ofKeys += demand.isOfKeys() ? 1 : 0;
                    met++;
                }
            }
        }
        assertThat(met).isGreaterThan(1_000);
        assertThat(ofKeys).isGreaterThan(300);
    }

    @Test
    void demandNeverMissesARecordOfAnotherProgram() {
        long met = 0;
        for (int i = 0; i < RULE_SETS; i++) {
            RuleSet rules = RuleSet.of(ingressRules(), egressRules());
            for (int j = 0; j < 300; j++) {
                String kafkaTopic = plainTopicName().replace('/', '.').replace('$', '-');
                RecordHeaders headers = new RecordHeaders();
                if (random.nextBoolean()) {
                    headers.add("mqtt.topic", plainTopicName().getBytes(UTF_8));
                }
                byte[] key = plainTopicName().getBytes(UTF_8);
                RecordMapping mapping = rules.toMessage(kafkaTopic, key, new byte[0], headers);
                TopicFilter filter = TopicFilter.of(filter());
                if (mapping instanceof RecordMapping.Mapped mapped
                        && filter.matches(mapped.message().topicName())) {
                    TopicDemand demand = rules.demand(kafkaTopic, filter);
                    boolean isKeyOfRule = headers.toArray().length == 0
                            && (mapped.ruleName().equals("out")
                                    || Arrays.equals(
                                            key, keyOf(rules, mapped.message().topicName())));
                    assertThat(isKeyOfRule ? includes(demand, key) : !demand.isNone())
                            .as("%s matches %s from %s, %s; %s", filter, mapped, kafkaTopic, demand, seed)
                            .isTrue();
                    met++;
                }
            }
        }
        assertThat(met).isGreaterThan(100);
    }

    private static byte @Nullable [] keyOf(RuleSet rules, TopicName topicName) {
        return rules.map(topicName, null) instanceof IngressMapping.Mapped mapped ? mapped.key() : null;
    }

    /** Where Kafka's own producer would put the key. */
    private static boolean includes(TopicDemand demand, byte[] key) {
        return demand.includes(BuiltInPartitioner.partitionForKey(key, 97), List.of(97));
    }

    @Test
    void theFirstRuleInTheListIsFound() {
        for (int i = 0; i < RULE_SETS; i++) {
            List<TopicFilter> filters = new ArrayList<>();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                filters.add(TopicFilter.of(filter()));
            }
            RuleTrie trie = new RuleTrie(filters);
            for (int j = 0; j < 100; j++) {
                TopicName topicName = TopicName.of(plainTopicName());
                int naive = -1;
                for (int k = filters.size() - 1; k >= 0; k--) {
                    naive = filters.get(k).matches(topicName) ? k : naive;
                }
                assertThat(trie.first(topicName.levels()))
                        .as("%s in %s; %s", topicName, filters, seed)
                        .isEqualTo(naive);
            }
        }
    }

    private String plainTopicName() {
        List<String> levels = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            levels.add(any(new String[] {"a", "b", "c", "$s"}));
        }
        return String.join("/", levels);
    }

    private String filter() {
        List<String> levels = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            levels.add(any(new String[] {"a", "b", "+", "+", "$s"}));
        }
        if (random.nextInt(3) == 0) {
            levels.set(levels.size() - 1, "#");
        }
        return String.join("/", levels);
    }

    private List<IngressRule> ingressRules() {
        List<IngressRule> rules = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            List<String> levels = new ArrayList<>();
            List<String> topic = new ArrayList<>();
            int length = random.nextInt(1, 4);
            for (int j = 1; j <= length; j++) {
                String level = any(new String[] {"a", "$s", "+", "+", "{n" + j + "}"});
                levels.add(level);
                if (level.length() > 2 || random.nextBoolean()) {
                    topic.add(level.length() > 2 ? level : "{" + j + "}");
                }
            }
            if (random.nextBoolean()) {
                levels.add("{rest...}");
                topic.add(any(new String[] {"a", "{rest...}"}));
            }
            topic.add(random.nextInt(topic.isEmpty() ? 1 : topic.size()), "a");
            int rest = topic.indexOf("{rest...}");
            if (rest >= 0) {
                topic.add(topic.remove(rest));
            }
            IngressRule rule = Rules.ingress(
                    "in" + i,
                    String.join("/", levels),
                    String.join(".", topic),
                    key(levels),
                    HeaderMode.ALL,
                    any(IllegalName.values()));
            rules.add(random.nextInt(4) == 0 ? rule : Rules.keyed(rule));
        }
        return rules;
    }

    private @Nullable String key(List<String> levels) {
        return switch (random.nextInt(5)) {
            case 0 -> "{1}";
            case 1 -> "k";
            case 2 -> levels.get(levels.size() - 1).equals("{rest...}") ? "{1}-{rest...}" : "{" + levels.size() + "}";
            default -> null;
        };
    }

    private List<EgressRule> egressRules() {
        String[][] forms = {
            {"a.{x}", "a/{x}/{key}"},
            {"{x}.a", "{key}"},
            {"{x}.{y}", "{y}/{x}"},
            {"b", "b/{key}/c"},
            {"b.{x}", "$s/{x}/c{key}"},
            {"{x}.c", "{x}{key}/c"},
            {"a.{x}", "{key}/{x}/{key}"}
        };
        String[] form = any(forms);
        EgressRule rule = Rules.egress("out", form[0], form[1]);
        return List.of(random.nextInt(4) == 0 ? rule : Rules.keyed(rule));
    }
}
