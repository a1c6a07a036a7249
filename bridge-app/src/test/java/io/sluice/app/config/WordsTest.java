package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.app.config.Tree.Branch;
import io.sluice.app.config.Tree.Scalar;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WordsTest {

    private static final Section ROOT = Section.of(Sample.class);

    private final Problems problems = new Problems();
    private final Binder binder = new Binder(problems, new Placeholders(Map.of("TEAM", "blue, red", "NOBODY", "")));

    /** A section with each kind of key that takes words. */
    record Sample(
            @Key(value = "Required.", byDefault = Key.REQUIRED)
            Words groups,

            @Key("Optional.") @Nullable Words users,

            @Key(value = "With a default.", byDefault = "one, two")
            Words levels,

            @Key("Secret.") @Nullable Words passwords) {}

    @Test
    void oneWordNeedsNoBrackets() {
        assertThat(bind("groups: operators")).isEqualTo(sample(Words.of("operators")));
        assertThat(bind("groups: [operators]")).isEqualTo(sample(Words.of("operators")));
        assertThat(problems.sorted()).isEmpty();
    }

    @Test
    void aListIsAListAndItsCommasBelongToTheWords() {
        assertThat(bind("groups: [operators, \"a, b\", 7]")).isEqualTo(sample(Words.of("operators", "a, b", "7")));
        assertThat(bind("groups: a, b")).isEqualTo(sample(Words.of("a, b")));
    }

    @Test
    void commasSeparateOutsideOfFiles() {
        for (Place place : List.of(Place.inEnvironment("X"), Place.onCommandLine("groups"))) {
            Branch tree = new Branch(Place.DEFAULT, Map.of())
                    .with(List.of("groups"), new Scalar(place, "operators, admins,x", false));

            assertThat(binder.bind(ROOT, tree)).isEqualTo(sample(Words.of("operators", "admins", "x")));
        }
    }

    @Test
    void aPlaceholderIsOneWord() {
        assertThat(bind("groups: [\"${env:TEAM}\", \"x-${env:TEAM}\"]"))
                .isEqualTo(sample(Words.of("blue, red", "x-blue, red")));
    }

    @Test
    void valuesInForceAreShownAsWritten() {
        bind("groups: [a, \"${env:TEAM}\"]\nusers: u\npasswords: [p, q]");

        assertThat(binder.entries().stream().map(e -> e.path() + ": " + e.text() + " # " + e.place()))
                .containsExactly(
                        "groups: [a, ${env:TEAM}] # sample:1:9",
                        "users: u # sample:2:8",
                        "levels: [one, two] # default",
                        "passwords: [******, ******] # sample:3:12");
    }

    @Test
    void everyWordHasItsPlace() {
        bind("groups: [a, b]\nusers: u");

        assertThat(binder.place("groups")).hasToString("sample:1:9");
        assertThat(binder.place("groups[1]")).hasToString("sample:1:13");
        assertThat(binder.place("users")).hasToString("sample:2:8");
        assertThat(binder.place("levels").isDefault()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "",
                "~",
                "{a: b}",
                "[a, [b]]",
                "[~]",
                "[a, \"\"]",
                "\"\"",
                "[\"${env:NOBODY}\"]",
                "[a, \"${env:NONE}\"]"
            })
    void whatIsNoWordIsTold(String yaml) {
        bind("groups: g\nusers: " + yaml);

        assertThat(problems.sorted()).hasSize(1).first().satisfies(problem -> {
            assertThat(problem.error()).isTrue();
            assertThat(problem.place().line()).isEqualTo(2);
            assertThat(problem.path()).matches("users(\\[\\d])?");
        });
    }

    @Test
    void everyKeyHasAVariableAndAPath() {
        Branch nothing = new Branch(Place.DEFAULT, Map.of());

        assertThat(EnvironmentKeys.all(ROOT))
                .containsExactly("SLUICE_GROUPS", "SLUICE_USERS", "SLUICE_LEVELS", "SLUICE_PASSWORDS");
        assertThat(EnvironmentKeys.path(ROOT, nothing, "SLUICE_GROUPS")).isEqualTo(List.of("groups"));
        assertThat(CommandLineKeys.path(ROOT, "groups")).isEqualTo(List.of("groups"));
    }

    @Test
    void noneAtAllAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Words(List.of()));
    }

    private static Sample sample(Words groups) {
        return new Sample(groups, null, Words.of("one", "two"), null);
    }

    private Object bind(String yaml) {
        return binder.bind(ROOT, YamlReader.read(yaml, (l, c) -> Place.inFile(0, "sample", l, c), problems));
    }
}
