package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kafka.mapping.IngressRule.HeaderMode;
import io.sluice.kafka.mapping.IngressRule.IllegalName;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.Refusal;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RuleSetTest {

    private static final IngressRule TELEMETRY =
            Rules.ingress("telemetry", "telemetry/{tenant}/{device}/#", "telemetry.{tenant}", "{device}");

    private static IngressMapping map(String topicName, IngressRule... rules) {
        return RuleSet.of(List.of(rules), List.of()).map(TopicName.of(topicName), new ClientId("c1"));
    }

    private static String kafkaTopic(String topicName, IngressRule... rules) {
        return ((IngressMapping.Mapped) map(topicName, rules)).kafkaTopic();
    }

    private static String key(String topicName, IngressRule rule) {
        return new String(((IngressMapping.Mapped) map(topicName, rule)).key(), UTF_8);
    }

    private static Refusal refusal(String topicName, IngressRule... rules) {
        return ((IngressMapping.Unmapped) map(topicName, rules)).refusal();
    }

    @Nested
    class Forwards {

        @Test
        void capturesFillTopicAndKey() {
            assertThat(kafkaTopic("telemetry/acme/dev-1/temp", TELEMETRY)).isEqualTo("telemetry.acme");
            assertThat(key("telemetry/acme/dev-1/temp", TELEMETRY)).isEqualTo("dev-1");
        }

        @Test
        void theDefaultKeyIsTheWholeTopicName() {
            assertThat(key("a/ü/c", IngressRule.rest())).isEqualTo("a/ü/c");
        }

        @Test
        void theClientIdMakesAKey() {
            IngressRule rule = Rules.ingress("r", "#", "all", "{client-id}/{1}");

            assertThat(key("a/b", rule)).isEqualTo("c1/a");
        }

        @Test
        void aRememberedMappingDoesNotRememberTheClient() {
            RuleSet rules = RuleSet.of(List.of(Rules.ingress("r", "#", "all", "{client-id}")), List.of());

            var first = (IngressMapping.Mapped) rules.map(TopicName.of("a"), new ClientId("one"));
            var second = (IngressMapping.Mapped) rules.map(TopicName.of("a"), new ClientId("two"));

            assertThat(new String(first.key(), UTF_8)).isEqualTo("one");
            assertThat(new String(second.key(), UTF_8)).isEqualTo("two");
        }

        @Test
        void theFirstRuleWinsOverAMoreSpecificOne() {
            IngressRule wide = Rules.ingress("wide", "a/+", "wide", null);
            IngressRule exact = Rules.ingress("exact", "a/b", "exact", null);

            assertThat(kafkaTopic("a/b", wide, exact)).isEqualTo("wide");
            assertThat(kafkaTopic("a/b", exact, wide)).isEqualTo("exact");
        }

        @Test
        void theRestMatchesTheParentAsTheHashDoes() {
            IngressRule rule = Rules.ingress("r", "a/{rest...}", "all", "k{rest...}");

            assertThat(key("a", rule)).isEqualTo("k");
            assertThat(key("a/b/c", rule)).isEqualTo("kb/c");
        }

        @Test
        void theRestBecomesDotsInAKafkaTopic() {
            IngressRule rule = Rules.ingress("r", "a/{rest...}", "all.{rest...}", null);

            assertThat(kafkaTopic("a/b/c", rule)).isEqualTo("all.b.c");
            assertThat(refusal("a", rule)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("a/b.c/d", rule)).isEqualTo(Refusal.TOPIC_NAME);
        }

        @Test
        void whatNoRuleMatchesIsRefused() {
            assertThat(refusal("a/b", TELEMETRY)).isEqualTo(Refusal.NO_RULE);
        }

        @Test
        void aWildcardDoesNotMatchASystemTopic() {
            IngressRule system = Rules.ingress("system", "$SYS/#", "system", null);

            assertThat(refusal("$SYS/x", IngressRule.rest())).isEqualTo(Refusal.NO_RULE);
            assertThat(refusal("$SYS/x", Rules.ingress("r", "{a}/#", "t", null)))
                    .isEqualTo(Refusal.NO_RULE);
            assertThat(kafkaTopic("$SYS/x", IngressRule.rest(), system)).isEqualTo("system");
        }
    }

    @Nested
    class IllegalNames {

        private final IngressRule refusing = Rules.ingress("r", "{a}/{b}", "{a}.{b}", null);
        private final IngressRule replacing =
                Rules.ingress("r", "{a}/{b}", "{a}.{b}", null, HeaderMode.ALL, IllegalName.REPLACE);

        @Test
        void areRefused() {
            assertThat(refusal("ü/b", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("/b", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("__consumer_offsets/b", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("_sluice/sessions", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("_schemas/b", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(refusal("a".repeat(250) + "/b", replacing)).isEqualTo(Refusal.TOPIC_NAME);
        }

        @Test
        void areEscapedAndOnlyThey() {
            assertThat(kafkaTopic("acme/dev-1", replacing)).isEqualTo("acme.dev-1");
            assertThat(kafkaTopic("ac_me/spBv1.0", replacing)).isEqualTo("ac_me.spBv1.0");
            assertThat(kafkaTopic("spBv1.0/b", replacing)).isEqualTo("spBv1--2e0.b");
            assertThat(kafkaTopic("ü/a b", replacing)).isEqualTo("--c3--bc.a--20b");
            assertThat(kafkaTopic("/b", replacing)).isEqualTo("--empty.b");
            assertThat(kafkaTopic("_sluice/sessions", replacing)).isEqualTo("--5fsluice.sessions");
            assertThat(kafkaTopic("a--2eb/c", replacing)).isEqualTo("a--2d-2eb.c");
        }

        @Test
        void doNotMeetWhenTheSeparatorIsInALevel() {
            assertThat(kafkaTopic("x.y/z", replacing)).isEqualTo("x--2ey.z");
            assertThat(kafkaTopic("x/y.z", replacing)).isEqualTo("x.y.z");
            assertThat(refusal("x.y/z", refusing)).isEqualTo(Refusal.TOPIC_NAME);
            assertThat(kafkaTopic("x/y.z", refusing)).isEqualTo("x.y.z");
        }
    }

    @Nested
    class TopicsFor {

        private final RuleSet rules = RuleSet.of(
                List.of(TELEMETRY, Rules.unreadable("secret", "secret/#", "secret"), IngressRule.rest()),
                List.of(Rules.egress("commands", "commands.{tenant}", "commands/{tenant}/{key}")));

        private boolean reads(String filter, String kafkaTopic) {
            return !rules.demand(kafkaTopic, TopicFilter.of(filter)).isNone();
        }

        @Test
        void onlyWhatTheCapturesAllow() {
            assertThat(reads("telemetry/acme/+/temp", "telemetry.acme")).isTrue();
            assertThat(reads("telemetry/acme/+/temp", "telemetry.other")).isFalse();
            assertThat(reads("telemetry/+/d/#", "telemetry.other")).isTrue();
            assertThat(reads("a/#", "mqtt.a")).isTrue();
            assertThat(reads("a/#", "mqtt.b")).isFalse();
            assertThat(reads("$share/g/a/#", "mqtt.a")).isTrue();
            assertThat(reads("#", "elsewhere")).isFalse();
        }

        @Test
        void egressRulesToo() {
            assertThat(reads("commands/acme/d", "commands.acme")).isTrue();
            assertThat(reads("commands/acme/d/e", "commands.acme")).isTrue();
            assertThat(reads("commands/other/d", "commands.acme")).isFalse();
        }

        @Test
        void neverWhatIsReserved() {
            assertThat(rules.isReadable("secret")).isFalse();
            assertThat(rules.isReadable("_sluice.sessions")).isFalse();
            assertThat(RuleSet.of(List.of(), List.of(Rules.egress("all", "{name}", "kafka/{name}/{key}")))
                            .isReadable("__consumer_offsets"))
                    .isFalse();
        }
    }

    @Test
    void impossibleRulesAreNotCompiled() {
        assertThatThrownBy(() -> map("a", Rules.ingress("rest", "#", "x.{tenant}", null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "ingress[0]: topic template uses {tenant}, which filter \"#\" does not capture (it has: {1})");
    }
}
