package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two installations on one Kafka keep their state apart, and know nothing of each other. */
final class InternalTopicsIT {

    @TempDir
    private Path folder;

    @Test
    void whoseStateHasAnotherPrefixIsAnotherInstallation() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0))) {
            kafka.start();
            try (ChildSluice one = new ChildSluice(folder.resolve("a"), kafka.bootstrapServers());
                    ChildSluice other = new ChildSluice(
                            folder.resolve("b"),
                            kafka.bootstrapServers(),
                            ", internal-topics: {prefix: _sluice-b, replication-factor: 1}",
                            "")) {
                one.start();
                other.start();

                Set<String> topics = topics(kafka.bootstrapServers());
                Set<String> ofOne = topics.stream()
                        .filter(topic -> topic.startsWith("_sluice."))
                        .collect(Collectors.toSet());
                assertThat(ofOne)
                        .contains("_sluice.sessions", "_sluice.retained", "_sluice.instances", "_sluice.clock");
                assertThat(topics.stream().filter(topic -> topic.startsWith("_sluice-b")))
                        .containsExactlyInAnyOrderElementsOf(ofOne.stream()
                                .map(topic -> topic.replace("_sluice.", "_sluice-b."))
                                .toList());
                assertThat(one.metric("sluice_instances")).isEqualTo(1);
                assertThat(other.metric("sluice_instances")).isEqualTo(1);
            }
        }
    }

    private static Set<String> topics(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listTopics().names().get();
        }
    }
}
