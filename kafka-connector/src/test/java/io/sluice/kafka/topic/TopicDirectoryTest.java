package io.sluice.kafka.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TopicDirectoryTest {

    private final FakeTopicAdmin admin = new FakeTopicAdmin();
    private final TopicDirectory directory = new TopicDirectory(
            admin, new TopicSettings(Duration.ofHours(1), 10), new KafkaUp(new SimpleMeterRegistry()));

    @AfterEach
    void close() {
        directory.close();
    }

    private void lookThreeTimes() throws Exception {
        for (int i = 0; i < 3; i++) {
            directory.refreshed().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatMayNotBeSeenAnyMoreIsNotTakenForDeleted() throws Exception {
        admin.topics.put("data", new KnownTopic(Uuid.randomUuid(), 1));
        lookThreeTimes();

        admin.hidden.add("data");
        lookThreeTimes();

        assertThat(directory.topics()).containsKey("data");
    }

    @Test
    void whatIsDeletedIsGone() throws Exception {
        admin.topics.put("data", new KnownTopic(Uuid.randomUuid(), 1));
        lookThreeTimes();

        admin.topics.remove("data");
        lookThreeTimes();

        assertThat(directory.topics()).isEmpty();
    }

    @Test
    void whatWasMadeAnewWhileItCouldNotBeSeenIsAnotherTopic() throws Exception {
        Uuid before = Uuid.randomUuid();
        admin.topics.put("data", new KnownTopic(before, 1));
        lookThreeTimes();
        admin.hidden.add("data");
        lookThreeTimes();

        admin.topics.put("data", new KnownTopic(Uuid.randomUuid(), 1));
        admin.hidden.clear();
        lookThreeTimes();

        assertThat(directory.topics().get("data")).isEqualTo(admin.topics.get("data"));
    }
}
