package io.sluice.mqtt.auth.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RulesAuthorizerTest {

    private static final Client DEVICE = Rules.client("dev-1", "acme", "devices");

    @Test
    void withoutRulesEverythingIsDenied() {
        Permissions nothing = Rules.permissions(DEVICE);

        assertThat(publish(nothing, "a")).isEqualTo(new Decision(false, Action.PUBLISH, "no rule"));
        assertThat(subscribe(nothing, "#")).isEqualTo(new Decision(false, Action.SUBSCRIBE, "no rule"));
        assertThat(nothing.will(TopicName.of("a"), false).allowed()).isFalse();
    }

    @Test
    void theFirstRuleThatMatchesDecidesAndIsNamed() {
        Permissions permissions = Rules.permissions(DEVICE, "deny publish a/secret", "allow publish a/#");

        assertThat(publish(permissions, "a/secret")).isEqualTo(new Decision(false, Action.PUBLISH, "authorization[0]"));
        assertThat(publish(permissions, "a/b")).isEqualTo(new Decision(true, Action.PUBLISH, "authorization[1]"));
        assertThat(publish(permissions, "b").rule()).isEqualTo("no rule");
    }

    @Nested
    final class RetainAndWill {

        @Test
        void whoMayPublishMayRetainAndLeaveAWill() {
            Permissions permissions = Rules.permissions(DEVICE, "allow publish a/#");

            assertThat(permissions.publish(TopicName.of("a"), true).allowed()).isTrue();
            assertThat(permissions.will(TopicName.of("a"), true)).isEqualTo(new Decision(true, Action.WILL, rule(0)));
        }

        @Test
        void aDenialBeforeTakesThatHalfAway() {
            Permissions permissions =
                    Rules.permissions(DEVICE, "deny retain a/log", "deny will a/state", "allow publish a/#");

            assertThat(permissions.publish(TopicName.of("a/log"), true))
                    .isEqualTo(new Decision(false, Action.RETAIN, rule(0)));
            assertThat(permissions.publish(TopicName.of("a/log"), false).allowed())
                    .isTrue();
            assertThat(permissions.will(TopicName.of("a/state"), false))
                    .isEqualTo(new Decision(false, Action.WILL, rule(1)));
            assertThat(permissions.will(TopicName.of("a/log"), true))
                    .isEqualTo(new Decision(false, Action.RETAIN, rule(0)));
            assertThat(publish(permissions, "a/state").allowed()).isTrue();
        }

        @Test
        void aloneTheyAllowNoPublishing() {
            Permissions permissions = Rules.permissions(DEVICE, "allow retain,will a/#");

            assertThat(permissions.publish(TopicName.of("a"), true).action()).isEqualTo(Action.PUBLISH);
            assertThat(permissions.will(TopicName.of("a"), false).action()).isEqualTo(Action.PUBLISH);
        }

        @Test
        void retainCanBeAllowedInOnePlaceOnly() {
            Permissions permissions =
                    Rules.permissions(DEVICE, "allow retain a/state", "deny retain #", "allow publish a/#");

            assertThat(permissions.publish(TopicName.of("a/state"), true).allowed())
                    .isTrue();
            assertThat(permissions.publish(TopicName.of("a/b"), true).allowed()).isFalse();
            assertThat(publish(permissions, "a/b").allowed()).isTrue();
        }
    }

    @Nested
    final class Subscriptions {

        @Test
        void widerThanAllowedIsRefused() {
            Permissions permissions = Rules.permissions(DEVICE, "allow subscribe a/+/c");

            assertThat(subscribe(permissions, "a/b/c").allowed()).isTrue();
            assertThat(subscribe(permissions, "a/+/c").allowed()).isTrue();
            assertThat(subscribe(permissions, "a/#"))
                    .isEqualTo(new Decision(
                            false, Action.SUBSCRIBE, "no rule for all" + " of it; a part: authorization[0]"));
        }

        @Test
        void aDeniedPartRefusesTheWhole() {
            Permissions permissions = Rules.permissions(DEVICE, "deny subscribe a/+/secret", "allow subscribe a/#");

            assertThat(subscribe(permissions, "a/#").rule()).isEqualTo(rule(0));
            assertThat(subscribe(permissions, "a/b/#").allowed()).isFalse();
            assertThat(subscribe(permissions, "a/b/c").allowed()).isTrue();
            assertThat(subscribe(permissions, "a/+").allowed()).isTrue();
        }

        @Test
        void aShareIsItsInnerFilter() {
            Permissions permissions = Rules.permissions(DEVICE, "deny subscribe a/secret/#", "allow subscribe a/#");

            assertThat(subscribe(permissions, "$share/g/a/b").allowed()).isTrue();
            assertThat(subscribe(permissions, "$share/g/a/#").allowed()).isFalse();
            assertThat(subscribe(permissions, "$share/g/b").allowed()).isFalse();
        }

        @Test
        void wildcardsNeverMeanSystemTopics() {
            Permissions all = Rules.permissions(DEVICE, "allow subscribe #", "allow publish +/#");

            assertThat(subscribe(all, "#").allowed()).isTrue();
            assertThat(subscribe(all, "$SYS/#").allowed()).isFalse();
            assertThat(subscribe(all, "$share/g/$SYS/#").allowed()).isFalse();
            assertThat(publish(all, "$SYS/broker").allowed()).isFalse();
        }
    }

    @Nested
    final class Names {

        @Test
        void areFilledInAsLevelsAndPartsOfLevels() {
            Permissions permissions =
                    Rules.permissions(DEVICE, "allow publish t/%u/%c/# in/x-%c-%u/y %%u/100%%", "deny publish #");

            assertThat(publish(permissions, "t/acme/dev-1/x").allowed()).isTrue();
            assertThat(publish(permissions, "in/x-dev-1-acme/y").allowed()).isTrue();
            assertThat(publish(permissions, "%u/100%").allowed()).isTrue();
            assertThat(publish(permissions, "t/acme/dev-2/x").allowed()).isFalse();
            assertThat(publish(permissions, "t/other/dev-1").allowed()).isFalse();
        }

        @Test
        void anyGroupWillDo() {
            Client client = Rules.client("c", "u", "blue", "red");
            Permissions permissions = Rules.permissions(client, "allow subscribe teams/%g/#");

            assertThat(subscribe(permissions, "teams/blue/#").allowed()).isTrue();
            assertThat(subscribe(permissions, "teams/red/x").allowed()).isTrue();
            assertThat(subscribe(permissions, "teams/green/x").allowed()).isFalse();
            assertThat(subscribe(permissions, "teams/+/x").allowed()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"+", "#", "a/#", "a/b", "/", "a\0b", "", "+/+", "a+", "#a"})
        void thatCouldBeMoreThanAPartOfALevelAllowNothing(String hostile) {
            for (Client client : List.of(Rules.client(hostile, hostile, hostile), Rules.client(hostile, null))) {
                Permissions permissions = Rules.permissions(
                        client, "allow publish,subscribe t/%u/# t/%c/# t/%g/# t/x-%u/# t/x-%c t/x-%g/# %u/# %c/# %g/#");

                for (String topic : List.of("t/a", "t/a/b", "t/x-", "t/x-a", "t//", "a", "a/b", "/", "t")) {
                    assertThat(publish(permissions, topic).allowed()).as(topic).isFalse();
                    assertThat(subscribe(permissions, topic).allowed())
                            .as(topic)
                            .isFalse();
                }
                for (String filter : List.of("t/+", "t/#", "#", "+", "t/+/#", "+/#", "t/a/#")) {
                    assertThat(subscribe(permissions, filter).allowed())
                            .as(filter)
                            .isFalse();
                }
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"+", "a/#", "a/b", "a\0b", ""})
        void thatCannotBeFilledInAreDeniedAllThatTheRuleCouldMean(String hostile) {
            Permissions permissions = Rules.permissions(
                    Rules.client(hostile, hostile),
                    "deny publish,subscribe t/%u/secret",
                    "deny publish,subscribe in/x-%c",
                    "allow publish,subscribe #");

            assertThat(publish(permissions, "t/a/secret").rule()).isEqualTo(rule(0));
            assertThat(publish(permissions, "t/a/b/secret").rule()).isEqualTo(rule(0));
            assertThat(publish(permissions, "in/y").rule()).isEqualTo(rule(1));
            assertThat(subscribe(permissions, "t/+/secret").allowed()).isFalse();
            assertThat(subscribe(permissions, "+/x").allowed()).isFalse();
            assertThat(publish(permissions, "other").allowed()).isTrue();
        }

        @Test
        void withADollarMeanNoSystemTopic() {
            Client client = Rules.client("$SYS", "$SYS", "$SYS");
            Permissions allowed =
                    Rules.permissions(client, "allow publish,subscribe %u/# %c/# %g/#", "allow publish t/%u");
            Permissions denied = Rules.permissions(client, "deny publish %u/secret", "allow publish # $SYS/#");

            assertThat(publish(allowed, "$SYS/a").allowed()).isFalse();
            assertThat(subscribe(allowed, "$SYS/#").allowed()).isFalse();
            assertThat(publish(allowed, "t/$SYS").allowed()).isTrue();
            assertThat(publish(denied, "$SYS/secret").allowed()).isFalse();
            assertThat(publish(denied, "a").allowed()).isFalse();
        }

        @Test
        void areNeverLookedAtAgain() {
            Client client = Rules.client("%u", "%c", "%u");
            Permissions permissions = Rules.permissions(client, "allow publish t/%u/%c/%g", "allow publish s/%c%u");

            assertThat(publish(permissions, "t/%c/%u/%u").allowed()).isTrue();
            assertThat(publish(permissions, "s/%u%c").allowed()).isTrue();
            assertThat(publish(permissions, "t/%c/%c/%u").allowed()).isFalse();
        }

        @Test
        void ofAnySizeAndScriptAreText() {
            for (String name :
                    List.of("x".repeat(64 << 10), "..", ".", " ", "Jürgen 🚰", "\u202Egnp", "a\nb", "\uD800")) {
                Permissions permissions = Rules.permissions(Rules.client(name, name), "allow subscribe t/%u/%c/#");

                assertThat(subscribe(permissions, "t/a/b").allowed()).isFalse();
                assertThat(subscribe(permissions, "t/../..").allowed()).isEqualTo(name.equals(".."));
            }
        }

        @Test
        void nobodyHasNoUserName() {
            Client nobody = Rules.client("c", null);

            assertThat(publish(Rules.permissions(nobody, "allow publish t/%u/#"), "t/null")
                            .allowed())
                    .isFalse();
        }
    }

    @Nested
    final class ConditionsHold {

        @Test
        void eachOfThemMustAndOneOfItsWords() throws UnknownHostException {
            Conditions conditions = new Conditions(
                    Set.of("ann", "bob"),
                    Set.of("ops", "dev"),
                    Set.of("c1"),
                    Set.of("mqtts"),
                    List.of(Network.parse("10.0.0.0/8"), Network.parse("::1")));

            assertThat(allows(conditions, client("c1", "ann", "dev", "mqtts", "10.1.1.1")))
                    .isTrue();
            assertThat(allows(conditions, client("c1", "bob", "ops", "mqtts", "::1")))
                    .isTrue();
            assertThat(allows(conditions, client("c1", "eve", "ops", "mqtts", "::1")))
                    .isFalse();
            assertThat(allows(conditions, client("c1", null, "ops", "mqtts", "::1")))
                    .isFalse();
            assertThat(allows(conditions, client("c1", "ann", "hr", "mqtts", "::1")))
                    .isFalse();
            assertThat(allows(conditions, client("c2", "ann", "ops", "mqtts", "::1")))
                    .isFalse();
            assertThat(allows(conditions, client("c1", "ann", "ops", "mqtt", "::1")))
                    .isFalse();
            assertThat(allows(conditions, client("c1", "ann", "ops", "mqtts", "11.1.1.1")))
                    .isFalse();
        }

        @Test
        void anUnknownSourceIsNotAllowedAndIsDenied() throws UnknownHostException {
            Conditions office =
                    new Conditions(Set.of(), Set.of(), Set.of(), Set.of(), List.of(Network.parse("10.0.0.0/8")));
            Client gone = client("c", "u", "g", "mqtt", null);
            Rule all = Rules.rule("authorization[1]", "allow publish #", Conditions.NONE);
            Rule denial = Rules.rule(rule(0), "deny publish #", office);

            assertThat(allows(office, gone)).isFalse();
            assertThat(publish(new RulesAuthorizer(List.of(denial, all)).permissions(gone), "a")
                            .rule())
                    .isEqualTo(rule(0));
        }

        private boolean allows(Conditions conditions, Client client) {
            Rule rule = Rules.rule(rule(0), "allow publish #", conditions);
            return publish(new RulesAuthorizer(List.of(rule)).permissions(client), "a")
                    .allowed();
        }

        private Client client(
                String clientId, @Nullable String userName, String group, String listener, @Nullable String source)
                throws UnknownHostException {
            Principal principal = new Principal(userName, Set.of(group), Principal.NEVER);
            InetAddress address = source == null ? null : InetAddress.getByName(source);
            return new Client(new ClientId(clientId), principal, listener, address);
        }
    }

    @Test
    void replacedRulesAreAskedByWhoAsksAnew() {
        RulesAuthorizer authorizer = new RulesAuthorizer(Rules.of("allow publish a"));
        Permissions before = authorizer.permissions(DEVICE);

        authorizer.replace(List.of());

        assertThat(publish(before, "a").allowed()).isTrue();
        assertThat(publish(authorizer.permissions(DEVICE), "a").allowed()).isFalse();
    }

    @Test
    void aDecisionIsExplainedByTheRulesText() {
        RulesAuthorizer authorizer = new RulesAuthorizer(List.of(Rules.rule(
                rule(0),
                "deny publish,will t/%c/# b",
                new Conditions(
                        Set.of("x\"\n"), Set.of("g"), Set.of(), Set.of("mqtt"), List.of(Network.parse("::1"))))));
        Decision denied = new Decision(false, Action.PUBLISH, rule(0));

        assertThat(authorizer.explain(denied).orElseThrow())
                .hasToString("{deny: [publish, will], topic: [\"t/%c/#\", b], user: \"x\\\"\\x0a\", group: g,"
                        + " listener: mqtt, source: \"::1\"}");
        assertThat(authorizer.explain(new Decision(false, Action.PUBLISH, "no rule")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a+", "a/#/b", "%x", "50%", "%", "+%c", "%c#", "%U/a", "$share/g/a", "a\0", "%c+/a"})
    void otherPatternsAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TopicPattern.parse(text));
    }

    private static String rule(int index) {
        return "authorization[" + index + "]";
    }

    private static Decision publish(Permissions permissions, String topic) {
        return permissions.publish(TopicName.of(topic), false);
    }

    private static Decision subscribe(Permissions permissions, String filter) {
        return permissions.subscribe(TopicFilter.of(filter));
    }
}
