package io.sluice.kafka.topic;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;

/** A directory and its provisioner without Kafka, for the tests of those who use them. */
public final class TopicsInMemory implements AutoCloseable {

    private final TopicDirectory directory;
    private final TopicProvisioner provisioner;

    public TopicsInMemory(KafkaUp up, MeterRegistry registry) {
        TopicSettings settings = new TopicSettings(Duration.ofHours(1), 1000);
        directory = new TopicDirectory(new FakeTopicAdmin(), settings, up);
        provisioner = new TopicProvisioner(directory, settings, name -> true, registry);
        directory.start();
    }

    public TopicDirectory directory() {
        return directory;
    }

    public TopicProvisioner provisioner() {
        return provisioner;
    }

    @Override
    public void close() {
        directory.close();
    }
}
