package io.sluice.kafka.topic;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A directory and its provisioner without Kafka, for the tests of those who use them. */
public final class TopicsInMemory implements AutoCloseable {

    private final FakeTopicAdmin admin = new FakeTopicAdmin();
    private final TopicDirectory directory;
    private final TopicProvisioner provisioner;

    public TopicsInMemory(KafkaUp up, MeterRegistry registry) {
        TopicSettings settings = new TopicSettings(Duration.ofHours(1), 1000);
        directory = new TopicDirectory(admin, settings, up);
        provisioner = new TopicProvisioner(directory, settings, name -> true, registry);
        directory.start();
    }

    public TopicDirectory directory() {
        return directory;
    }

    public TopicProvisioner provisioner() {
        return provisioner;
    }

    /** No leader serves its partitions from now on; completing the result ends it. */
    public CompletableFuture<Void> holdLeaders() {
        CompletableFuture<Void> leading = new CompletableFuture<>();
        admin.leading = leading;
        return leading;
    }

    @Override
    public void close() {
        directory.close();
    }
}
