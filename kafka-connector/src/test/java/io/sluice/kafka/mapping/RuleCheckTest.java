package io.sluice.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RuleCheckTest {

    private static List<RuleProblem> check(IngressRule... rules) {
        return RuleSet.check(List.of(rules), List.of());
    }

    private static RuleProblem only(List<RuleProblem> problems) {
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static String topicProblem(String template) {
        RuleProblem problem = only(check(Rules.ingress("r", "{a}/{b}/{rest...}", template, null)));
        assertThat(problem.error()).isTrue();
        assertThat(problem.field()).isEqualTo("topic");
        return problem.message();
    }

    private static String filterProblem(String filter) {
        RuleProblem problem = only(check(Rules.ingress("r", filter, "t", null)));
        assertThat(problem.error()).isTrue();
        assertThat(problem.field()).isEqualTo("filter");
        return problem.message();
    }

    @Test
    void goodRulesHaveNoProblem() {
        assertThat(RuleSet.check(
                        List.of(
                                Rules.ingress(
                                        "telemetry", "telemetry/{tenant}/{device}/#", "telemetry.{tenant}", "{device}"),
                                Rules.withHeaders("h/{x}", "h", Map.of("x", "{x} of {client-id}")),
                                IngressRule.rest()),
                        List.of(Rules.egress("commands", "commands.{tenant}", "commands/{tenant}/{key}"))))
                .isEmpty();
    }

    @Test
    void allProblemsAreFoundAtOnceAndInOrder() {
        List<RuleProblem> problems = RuleSet.check(
                List.of(Rules.ingress("r", "a", "{x}", "{y}"), Rules.ingress("r", "a/#/b", "t", null)),
                List.of(Rules.egress("e", "t.{a}.{a}", "x")));

        assertThat(problems)
                .extracting(RuleProblem::ingress, RuleProblem::index, RuleProblem::field)
                .containsExactly(
                        tuple(true, 0, "topic"),
                        tuple(true, 0, "key"),
                        tuple(true, 1, "name"),
                        tuple(true, 1, "filter"),
                        tuple(false, 0, "topic"));
    }

    @Nested
    class Captures {

        @Test
        void thatAreUnknownAreNamedWithTheKnownOnes() {
            assertThat(topicProblem("{tenant}"))
                    .isEqualTo("topic template uses {tenant}, which filter \"{a}/{b}/{rest...}\" does not capture"
                            + " (it has: {a}, {b}, {rest...})");
            assertThat(only(check(Rules.ingress("r", "+/x/#", "t", "{3}"))).message())
                    .isEqualTo("key template uses {3}, which filter \"+/x/#\" does not capture (it has: {1})");
            assertThat(only(check(Rules.withHeaders("a", "t", Map.of("h", "{x}"))))
                            .field())
                    .isEqualTo("headers.h");
        }

        @Test
        void standForWholeLevelsOnceEach() {
            assertThat(filterProblem("a/x{b}")).contains("a whole level");
            assertThat(filterProblem("{a}/{a}")).contains("captures {a} twice");
            assertThat(filterProblem("{a...}/b")).contains("{name...} in the last level");
            assertThat(filterProblem("{client-id}/b")).contains("has a meaning already");
            assertThat(filterProblem("{1}/b")).contains("has a meaning already");
        }
    }

    @Nested
    class Texts {

        @Test
        void ofTemplatesHaveBracesInPairs() {
            assertThat(topicProblem("t.{a")).contains("'{' at character 2 without '}'");
            assertThat(topicProblem("t.a}")).contains("'}' at character 3 without '{'");
            assertThat(topicProblem("t.{}")).contains("a reference without a name");
            assertThat(topicProblem("t.{a b}")).contains("' ' in the name of {a b}");
        }

        @Test
        void ofFiltersAreMqttFilters() {
            assertThat(filterProblem("a/#/b")).contains("'#'");
            assertThat(filterProblem("a/b+")).contains("'+'");
            assertThat(filterProblem("")).contains("empty");
            assertThat(filterProblem("$share/g/a")).contains("shared subscription");
        }

        @Test
        void ofKafkaTopicsAreLegalAndFree() {
            assertThat(topicProblem("t/{a}")).contains("illegal character '/'");
            assertThat(topicProblem("")).contains("is empty");
            assertThat(topicProblem("..")).contains("Kafka topic");
            assertThat(topicProblem("t".repeat(250))).contains("at most 249");
            assertThat(topicProblem("__{a}")).contains("internal");
            assertThat(topicProblem("_sluice.x")).contains("internal");
            assertThat(topicProblem("t.{client-id}")).contains("uses {client-id}");
            assertThat(topicProblem("{a}{b}")).contains("nothing between two captures");
            assertThat(topicProblem("{rest...}.{a}")).contains("the rest as the last capture");
            assertThat(only(check(Rules.ingress("r", "{a}/#", "x--{a}", null, HeaderMode.ALL, IllegalName.REPLACE)))
                            .message())
                    .contains("has \"--\"");
        }

        @Test
        void ofEgressRulesMakeTopicNames() {
            RuleProblem unknown = only(RuleSet.check(List.of(), List.of(Rules.egress("e", "t.{a}", "x/{b}"))));
            assertThat(unknown.message())
                    .isEqualTo(
                            "filter template \"x/{b}\" uses {b}, which topic \"t.{a}\" does not capture (it has: {a},"
                                    + " {key})");
            assertThat(only(RuleSet.check(List.of(), List.of(Rules.egress("e", "t", "x/#"))))
                            .message())
                    .contains("wildcard");
            assertThat(only(RuleSet.check(List.of(), List.of(Rules.egress("e", "t.{key}", "x"))))
                            .message())
                    .contains("captures {key}");
        }
    }

    @Test
    void headersOfTheContractAreNotForRules() {
        assertThat(only(check(Rules.withHeaders("a", "t", Map.of("mqtt.qos", "2"))))
                        .message())
                .startsWith("header \"mqtt.qos\"");
    }

    @Test
    void compactionAndAKeyOfSeveralTopicsAreWarnedOf() {
        TopicCreation compacted = new TopicCreation(true, 1, (short) 1, Map.of("cleanup.policy", "compact,delete"));
        IngressRule template = Rules.ingress("r", "{a}/{b}", "t", "{a}");
        IngressRule rule = new IngressRule(
                "r",
                template.filter(),
                template.topic(),
                template.key(),
                template.qosMax(),
                template.headerMode(),
                template.headers(),
                template.illegalName(),
                true,
                Partitioner.ANY,
                compacted);

        RuleProblem problem = only(check(rule));

        assertThat(problem.error()).isFalse();
        assertThat(problem.message()).contains("compaction keeps one (expected: a key that has {b})");
    }

    @Nested
    class UnreachableRules {

        private String warning(String first, String second) {
            RuleProblem problem =
                    only(check(Rules.ingress("first", first, "t", null), Rules.ingress("second", second, "u", null)));
            assertThat(problem.error()).isFalse();
            assertThat(problem.index()).isEqualTo(1);
            return problem.message();
        }

        @Test
        void areWarnedOf() {
            assertThat(warning("#", "late/+"))
                    .isEqualTo("can never match: ingress[0] \"first\" already takes everything");
            assertThat(warning("a/{x}/#", "a/b"))
                    .isEqualTo("can never match: ingress[0] \"first\" already takes all of \"a/b\"");
            assertThat(warning("a/{rest...}", "a")).contains("can never match");
        }

        @Test
        void areNotThoseWithSomethingLeft() {
            assertThat(check(Rules.ingress("1", "a/+", "t", null), Rules.ingress("2", "a/#", "u", null)))
                    .isEmpty();
            assertThat(check(IngressRule.rest(), Rules.ingress("2", "$SYS/#", "u", null)))
                    .isEmpty();
        }
    }

    @Nested
    class Loops {

        private List<RuleProblem> problems(IngressRule ingress, EgressRule egress) {
            return RuleSet.check(List.of(ingress), List.of(egress));
        }

        @Test
        void areWarnedOf() {
            RuleProblem problem = only(problems(
                    Rules.ingress("in", "commands/{t}/#", "commands.{t}", null),
                    Rules.egress("out", "commands.{tenant}", "commands/{tenant}/{key}")));

            assertThat(problem.error()).isFalse();
            assertThat(problem.message())
                    .isEqualTo(
                            "loop: what devices publish to \"commands/{tenant}/{key}\" goes by ingress rule \"in\" to"
                                    + " \"commands.{t}\", which this rule exposes again");
        }

        @Test
        void areNotThoseOfOtherKafkaTopics() {
            assertThat(problems(IngressRule.rest(), Rules.egress("out", "commands.{t}", "commands/{t}/{key}")))
                    .isEmpty();
            assertThat(problems(Rules.ingress("in", "#", "{1}", null), Rules.egress("out", "orders", "shop/{key}")))
                    .isEmpty();
        }
    }
}
