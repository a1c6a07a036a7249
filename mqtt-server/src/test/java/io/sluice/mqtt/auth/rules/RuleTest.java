package io.sluice.mqtt.auth.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RuleTest {

    @ParameterizedTest
    @CsvSource({
        "allow publish #, deny publish a/b, true",
        "allow publish #, deny retain a/b, true",
        "allow retain #, deny publish a/b, false",
        "allow publish #, 'allow publish,subscribe a', false",
        "'allow publish,subscribe #', allow subscribe %c/#, true",
        "allow publish #, deny publish %c/x, false",
        "allow publish a/#, deny publish a/%c/x, true",
        "allow publish a/%c/#, allow publish a/%c/b, true",
        "allow publish a/%c/#, allow publish a/%u/b, false",
        "allow publish a/%c/#, allow publish a/+/b, false",
        "allow publish #, deny publish $SYS/#, false",
        "allow publish a/# b/#, allow publish b/c a/x, true",
        "allow publish a/#, allow publish a/x b, false",
    })
    void aRuleIsHiddenByThoseThatDecideAllOfItBefore(String earlier, String later, boolean hidden) {
        List<Rule> rules = Rules.of(earlier);

        assertThat(rule(later, Conditions.NONE).hiddenBy(rules).isPresent()).isEqualTo(hidden);
    }

    @Test
    void onlyARuleForAtLeastTheSameClientsHidesAnother() {
        Conditions ops = new Conditions(Set.of(), Set.of("ops"), Set.of(), Set.of(), List.of());
        Conditions both = new Conditions(Set.of(), Set.of("ops", "dev"), Set.of(), Set.of(), List.of());

        assertThat(rule("deny publish a", Conditions.NONE).hiddenBy(List.of(rule("allow publish a", ops))))
                .isEmpty();
        assertThat(rule("deny publish a", ops).hiddenBy(List.of(rule("allow publish a", both))))
                .isPresent();
        assertThat(rule("deny publish a", both).hiddenBy(List.of(rule("allow publish a", ops))))
                .isEmpty();
    }

    private static Rule rule(String line, Conditions conditions) {
        return Rules.rule("rule", line, conditions);
    }
}
