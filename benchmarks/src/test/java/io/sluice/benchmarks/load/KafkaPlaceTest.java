package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class KafkaPlaceTest {

    @Test
    void onlyTopicsThatMatchAsAWholeAreRead() {
        KafkaPlace place = Objects.requireNonNull(KafkaPlace.parse("127.0.0.1:9092", ".*bench"));

        assertThat(place.includes("mqtt.bench")).isTrue();
        assertThat(place.includes("mqtt.bench.2")).isFalse();
        assertThat(place.includes("__bench")).isFalse();
    }

    @Test
    void withoutAnAddressNothingIsRead() {
        assertThat(KafkaPlace.parse("", ".*")).isNull();
    }

    @Test
    void otherPeoplesMachinesAreRefused() {
        assertThatThrownBy(() -> KafkaPlace.parse("192.0.2.1:9092", ".*")).hasMessageContaining("loopback");
        assertThatThrownBy(() -> KafkaPlace.parse("127.0.0.1", ".*")).hasMessageContaining("host:port");
        assertThatThrownBy(() -> KafkaPlace.parse("127.0.0.1:9092", "(")).hasMessageContaining("regular expression");
    }
}
