package io.sluice.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaSettingsTest {

    private static KafkaSettings settings(String key, String value) {
        return new KafkaSettings("localhost:9092", "sluice", Map.of(key, value));
    }

    @Test
    void whatDurabilityRestsOnCannotBeChanged() {
        for (Map.Entry<String, String> weaker : Map.of(
                        "acks", "1",
                        "enable.idempotence", "false",
                        "max.block.ms", "60000",
                        "isolation.level", "read_uncommitted",
                        "max.in.flight.requests.per.connection", "6")
                .entrySet()) {
            assertThatThrownBy(() -> settings(weaker.getKey(), weaker.getValue()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kafka.properties." + weaker.getKey())
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void otherPropertiesReachAllClients() {
        KafkaSettings settings = settings("security.protocol", "SSL");

        assertThat(settings.producer("ingress", 1)).containsEntry("security.protocol", "SSL");
        assertThat(settings.consumer("tail", Map.of())).containsEntry("security.protocol", "SSL");
        assertThat(settings.admin("topics")).containsEntry("security.protocol", "SSL");
        assertThat(settings("linger.ms", "9").producer("ingress", 1)).containsEntry("linger.ms", "9");
    }

    @Test
    void theGateMustFitIntoTheBuffer() {
        assertThatThrownBy(() -> settings("buffer.memory", "1000").producer("ingress", 1001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("buffer.memory");
    }
}
