package io.sluice.kafka.topic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class TopicDirectoryTest {

    private final FakeTopicAdmin admin = new FakeTopicAdmin();
    private final TopicDirectory directory = new TopicDirectory(
            admin, new TopicSettings(Duration.ofMillis(1), 10), new KafkaUp(new SimpleMeterRegistry()));
    private final Logger logger = (Logger) LoggerFactory.getLogger(TopicDirectory.class);
    private final @Nullable Level level = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void close() {
        directory.close();
        logger.detachAppender(lines);
        logger.setLevel(level);
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

    @Test
    void eachKindOfFailureIsReportedOnceUntilKafkaAnswersAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            admin.listFailures.add(new TimeoutException("late"));
            admin.listFailures.add(new SaslAuthenticationException("wrong password"));
        }
        lookThreeTimes();
        admin.listFailures.add(new TimeoutException("late again"));
        lookThreeTimes();

        assertThat(lines.list)
                .extracting(line -> line.getKeyValuePairs() == null
                        ? line.getMessage()
                        : line.getMessage() + " " + line.getKeyValuePairs())
                .containsExactly(
                        "Kafka's topics cannot be read, trying on [cause=\"late\"]",
                        "Kafka's topics cannot be read, trying on [cause=\"wrong password\"]",
                        "Kafka's topics can be read again",
                        "Kafka's topics cannot be read, trying on [cause=\"late again\"]",
                        "Kafka's topics can be read again");
    }
}
