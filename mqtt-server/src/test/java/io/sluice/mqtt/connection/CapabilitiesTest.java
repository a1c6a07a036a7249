package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitiesTest {

    private static Capabilities closed(String filter) {
        List<TopicFilter> closed = List.of(TopicFilter.of(filter));
        return new Capabilities(Qos.EXACTLY_ONCE, true, true, null, closed, closed);
    }

    @ParameterizedTest
    @CsvSource({
        "a/#, a, false",
        "a/#, a/b/c, false",
        "a/#, #, false",
        "a/#, +, false",
        "a/#, +/+, false",
        "a/#, b/#, true",
        "a/#, ab, true",
        "a/b, a/+, false",
        "a/b, a, true",
        "a/b, a/b/#, false",
        "a/b, a/b/c/#, true",
        "+/secret, a/#, false",
        "+/secret, a/b, true",
        "#, $SYS/x, true",
        "$SYS/#, #, true",
        "$SYS/#, $SYS/x, false",
        "a/#, $share/g/a/b, false"
    })
    void aFilterThatCanMatchAClosedTopicIsRefused(String closed, String filter, boolean isOpen) {
        assertThat(closed(closed).isOpenToSubscribe(TopicFilter.of(filter))).isEqualTo(isOpen);
    }

    @ParameterizedTest
    @CsvSource({"a/#, a/b, false", "a/#, b, true", "#, $SYS/x, false", "a/#, $SYS/x, false", "#, $other/x, true"})
    void closedTopicsAndTheServersOwnAreNobodys(String closed, String topic, boolean isOpen) {
        assertThat(closed(closed).isOpenToPublish(TopicName.of(topic))).isEqualTo(isOpen);
    }

    @Test
    void byDefaultAllButTheServersOwnIsOpen() {
        assertThat(Capabilities.ALL.isOpenToPublish(TopicName.of("a"))).isTrue();
        assertThat(Capabilities.ALL.isOpenToPublish(TopicName.of("$SYS/broker/x")))
                .isFalse();
        assertThat(Capabilities.ALL.isOpenToSubscribe(TopicFilter.of("#"))).isTrue();
    }
}
