package io.sluice.mqtt.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.subscription.RandomTopics;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TopicFilterPropertyTest {

    @Test
    void matchesAsTheRecursiveDefinitionDoes() {
        RandomTopics topics = new RandomTopics(new Random(11), 2);
        int matches = 0;
        for (int i = 0; i < 200_000; i++) {
            String filter = topics.filter();
            String name = topics.name();
            boolean expected = matches(filter, name);
            assertThat(TopicFilter.of(filter).matches(TopicName.of(name)))
                    .as("%s matches %s", filter, name)
                    .isEqualTo(expected);
            matches += expected ? 1 : 0;
        }
        // Both answers are tried.
        assertThat(matches).isBetween(5_000, 150_000);
    }

    private static boolean matches(String filter, String name) {
        if (name.startsWith("$") && (filter.startsWith("#") || filter.startsWith("+"))) {
            return false;
        }
        return matches(Arrays.asList(filter.split("/", -1)), Arrays.asList(name.split("/", -1)));
    }

    private static boolean matches(List<String> filter, List<String> name) {
        if (filter.isEmpty()) {
            return name.isEmpty();
        }
        String first = filter.get(0);
        if (first.equals("#")) {
            return true;
        }
        if (name.isEmpty() || (!first.equals("+") && !first.equals(name.get(0)))) {
            return false;
        }
        return matches(filter.subList(1, filter.size()), name.subList(1, name.size()));
    }
}
