package io.sluice.mqtt.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SubscriptionIndexTest {

    private final SubscriptionIndex<String> index = new SubscriptionIndex<>();

    @Test
    void wildcardsMatchTheirLevels() {
        add("a/b", "exact");
        add("a/+", "plus");
        add("a/#", "rest");
        add("#", "all");
        add("+/b", "first");

        assertThat(match("a/b")).containsExactlyInAnyOrder("exact", "plus", "rest", "all", "first");
        assertThat(match("a")).containsExactlyInAnyOrder("rest", "all");
        assertThat(match("a/")).containsExactlyInAnyOrder("plus", "rest", "all");
        assertThat(match("/b")).containsExactlyInAnyOrder("all", "first");
        assertThat(match("a/b/c")).containsExactlyInAnyOrder("rest", "all");
    }

    @Test
    void wildcardsDoNotMatchSystemTopicsInTheirFirstLevel() {
        add("#", "all");
        add("+/x", "plus");
        add("$SYS/#", "system");
        add("$SYS/+", "systemLevel");

        assertThat(match("$SYS/x")).containsExactlyInAnyOrder("system", "systemLevel");
        assertThat(match("$SYS")).containsExactly("system");
        assertThat(match("$")).isEmpty();
    }

    @Test
    void anEqualSubscriptionIsAddedOnce() {
        assertThat(add("a", "s")).isTrue();
        assertThat(add("a", "s")).isFalse();
        assertThat(add("a", "t")).isTrue();

        assertThat(index.filters()).isEqualTo(1);
        assertThat(index.size()).isEqualTo(2);
        assertThat(match("a")).containsExactlyInAnyOrder("s", "t");
    }

    @Test
    void whatIsRemovedLeavesNothingBehind() {
        add("a/b/c", "s");
        add("a/+/#", "s");

        assertThat(remove("a/b", "s")).isFalse();
        assertThat(remove("a/b/c", "t")).isFalse();
        assertThat(remove("a/b/c", "s")).isTrue();
        assertThat(match("a/b/c")).containsExactly("s");
        assertThat(remove("a/+/#", "s")).isTrue();

        assertThat(index.filters()).isZero();
        assertThat(index.size()).isZero();
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void manySubscribersOfOneFilterComeAndGo() {
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            add("alarm", "s" + i);
        }

        assertThat(match("alarm")).hasSize(count).doesNotHaveDuplicates();
        assertThat(index.filters()).isEqualTo(1);
        for (int i = 0; i < count; i++) {
            assertThat(remove("alarm", "s" + i)).isTrue();
        }
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void manyFiltersUnderOneLevelComeAndGo() {
        int count = 200_000;
        for (int i = 0; i < count; i++) {
            add("device/" + i + "/command", "s" + i);
        }

        assertThat(match("device/77777/command")).containsExactly("s77777");
        assertThat(index.filters()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(remove("device/" + i + "/command", "s" + i)).isTrue();
        }
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void theDeepestFiltersAreNoDeeperThanTheStack() {
        String slashes = "/".repeat(65_535);
        String levels = "a/".repeat(32_767);
        add(slashes, "slashes");
        add("+" + "/+".repeat(32_767), "plus");
        add(levels, "levels");
        add(levels + "#", "rest");

        assertThat(match(slashes)).containsExactly("slashes");
        assertThat(match(levels)).containsExactlyInAnyOrder("plus", "levels", "rest");
        assertThat(remove(slashes, "slashes")).isTrue();
        assertThat(match(slashes)).isEmpty();
    }

    private boolean add(String filter, String subscription) {
        return index.add(TopicFilter.of(filter), subscription);
    }

    private boolean remove(String filter, String subscription) {
        return index.remove(TopicFilter.of(filter), subscription);
    }

    private List<String> match(String name) {
        List<String> found = new ArrayList<>();
        index.match(TopicName.of(name), found::add);
        return found;
    }
}
