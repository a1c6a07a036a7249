package io.sluice.mqtt.auth.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.TopicFilter;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LevelFilterTest {

    private static final Universe UNIVERSE = new Universe();

    @ParameterizedTest
    @CsvSource({
        "#, +/#, true",
        "+/#, #, true",
        "#, $SYS/#, false",
        "+, $SYS, false",
        "$SYS/#, $SYS/broker, true",
        "a/#, a, true",
        "a, a/#, false",
        "a/+, a/#, false",
        "a/#, a/+, true",
        "a/+/#, a/#, false",
        "/#, /+/#, true",
        "/+/#, /#, true",
        "+/+, /, true",
        "a/b, a/+, false",
        "+/b, a/b, true",
        "a/#, ab, false",
    })
    void aFilterCoversAnotherWhenItMatchesAllThatTheOtherDoes(String mine, String other, boolean covers) {
        assertThat(filter(mine).covers(filter(other))).isEqualTo(covers);
    }

    @ParameterizedTest
    @CsvSource({
        "a/#, +/b, true",
        "a/+, +/b, true",
        "+, $SYS, false",
        "#, $SYS/#, false",
        "+/a, $SYS/+, false",
        "a, a/#, true",
        "a/b/#, a, false",
        "/#, +, false",
        "a/b, a/c, false",
    })
    void filtersMeetWhenBothMatchSomeTopic(String mine, String other, boolean meet) {
        assertThat(filter(mine).meets(filter(other))).isEqualTo(meet);
        assertThat(filter(other).meets(filter(mine))).isEqualTo(meet);
    }

    @Test
    void everyPairOfFiltersIsComparedByWhatTheyMatch() {
        List<LevelFilter> filters =
                UNIVERSE.filters.stream().map(LevelFilterTest::filter).toList();
        assertThat(filters).hasSizeGreaterThan(300);
        for (int i = 0; i < filters.size(); i++) {
            for (int j = 0; j < filters.size(); j++) {
                BitSet beyond = copy(j);
                beyond.andNot(UNIVERSE.matched.get(i));
                String pair = UNIVERSE.filters.get(i) + " and " + UNIVERSE.filters.get(j);

                assertThat(filters.get(i).covers(filters.get(j))).as(pair).isEqualTo(beyond.isEmpty());
                assertThat(filters.get(i).meets(filters.get(j)))
                        .as(pair)
                        .isEqualTo(UNIVERSE.matched.get(i).intersects(UNIVERSE.matched.get(j)));
            }
        }
    }

    @Test
    void everyFilterMatchesWhatTheStandardSays() {
        for (int i = 0; i < UNIVERSE.filters.size(); i++) {
            LevelFilter filter = filter(UNIVERSE.filters.get(i));
            BitSet found = new BitSet();
            for (int t = 0; t < UNIVERSE.topics.size(); t++) {
                found.set(t, filter.matches(UNIVERSE.topics.get(t)));
            }

            assertThat(found).as(UNIVERSE.filters.get(i)).isEqualTo(UNIVERSE.matched.get(i));
        }
    }

    @Test
    void belowNothingIsEverything() {
        LevelFilter everything = LevelFilter.below(List.of());

        assertThat(UNIVERSE.topics).allMatch(everything::matches);
        assertThat(UNIVERSE.filters)
                .allMatch(
                        text -> everything.covers(filter(text)) && filter(text).meets(everything));
        assertThat(filter("#").covers(everything)).isFalse();
        assertThat(filter("+/#").covers(everything)).isFalse();
    }

    @Test
    void thousandsOfLevelsAreComparedWithoutRecursion() {
        String deep = "a/".repeat(30_000);

        assertThat(filter(deep + "#").covers(filter(deep + "b"))).isTrue();
        assertThat(filter("+/".repeat(30_000) + "b").meets(filter(deep + "b"))).isTrue();
        assertThat(filter("+/".repeat(30_000) + "b").matches(deep + "c")).isFalse();
    }

    private static BitSet copy(int filter) {
        return (BitSet) UNIVERSE.matched.get(filter).clone();
    }

    private static LevelFilter filter(String text) {
        return LevelFilter.of(TopicFilter.of(text));
    }
}
