package io.sluice.mqtt.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SubscriptionIndexPropertyTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void matchesWhatTheFiltersMatchOneByOne(long seed) {
        Random random = new Random(seed);
        // Few words make deep overlaps, many make wide nodes.
        RandomTopics topics = new RandomTopics(random, seed % 2 == 0 ? 3 : 40);
        SubscriptionIndex<String> index = new SubscriptionIndex<>();
        Map<TopicFilter, Set<String>> expected = new HashMap<>();
        for (int step = 0; step < 4_000; step++) {
            TopicFilter filter = TopicFilter.of(topics.filter());
            String subscription = "s" + random.nextInt(20);
            Set<String> subscribed = expected.computeIfAbsent(filter, each -> new HashSet<>());
            if (random.nextInt(3) > 0) {
                assertThat(index.add(filter, subscription)).isEqualTo(subscribed.add(subscription));
            } else {
                assertThat(index.remove(filter, subscription)).isEqualTo(subscribed.remove(subscription));
            }
            if (subscribed.isEmpty()) {
                expected.remove(filter);
            }
            if (step % 10 == 0) {
                assertMatches(index, expected, TopicName.of(topics.name()));
                assertThat(index.filters()).isEqualTo(expected.size());
                assertThat(index.size())
                        .isEqualTo(
                                expected.values().stream().mapToInt(Set::size).sum());
            }
        }
        expected.forEach((filter, subscriptions) -> subscriptions.forEach(each -> index.remove(filter, each)));
        assertThat(index.isEmpty()).isTrue();
    }

    private static void assertMatches(
            SubscriptionIndex<String> index, Map<TopicFilter, Set<String>> expected, TopicName name) {
        List<String> found = new ArrayList<>();
        index.match(name, found::add);
        List<String> wanted = new ArrayList<>();
        expected.forEach((filter, subscriptions) -> {
            if (filter.matches(name)) {
                wanted.addAll(subscriptions);
            }
        });
        assertThat(found).as(name.value()).containsExactlyInAnyOrderElementsOf(wanted);
    }
}
