package io.sluice.kafka.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.client.KafkaUp;
import io.sluice.kafka.mapping.TopicCreation;
import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TopicProvisionerTest {

    private static final TopicCreation ENABLED = TopicCreation.BROKER_DEFAULTS;
    private static final TopicCreation DISABLED = new TopicCreation(false, -1, (short) -1, Map.of());
    private static final TopicSettings SETTINGS = new TopicSettings(Duration.ofHours(1), 2);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTopicAdmin admin = new FakeTopicAdmin();
    private final TopicDirectory directory = new TopicDirectory(admin, SETTINGS, new KafkaUp(registry));
    private final TopicProvisioner provisioner =
            new TopicProvisioner(directory, SETTINGS, name -> !name.startsWith("other"), registry);

    @BeforeEach
    void start() {
        directory.start();
        await().until(() -> directory.loaded().toCompletableFuture().isDone());
    }

    @AfterEach
    void stop() {
        directory.close();
    }

    private Optional<Refused> ensure(String name, TopicCreation creation) throws Exception {
        return provisioner.ensure(name, creation).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private Refusal refusal(String name, TopicCreation creation) throws Exception {
        return ensure(name, creation).orElseThrow().refusal();
    }

    @Test
    void oneRequestHoweverManyAsk() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        admin.gate = gate;
        List<CompletableFuture<Optional<Refused>>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(provisioner.ensure("a", ENABLED).toCompletableFuture());
        }
        await().until(() -> admin.created.contains("a"));

        gate.complete(null);

        for (CompletableFuture<Optional<Refused>> one : asked) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(admin.created).containsExactly("a");
    }

    @Test
    void theDirectoryKnowsATopicBeforeWhoAskedForIt() throws Exception {
        List<String> heard = new ArrayList<>();
        directory.addListener((before, after) -> heard.addAll(after.keySet()));

        boolean known = provisioner
                .ensure("a", ENABLED)
                .thenApply(refused -> heard.contains("a") && directory.topics().containsKey("a"))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);

        assertThat(known).isTrue();
    }

    @Test
    void whatSomebodyElseMadeIsThere() throws Exception {
        admin.topics.put("a", new KnownTopic(Uuid.randomUuid(), 3));

        assertThat(ensure("a", ENABLED)).isEmpty();
        assertThat(directory.topics().get("a")).isEqualTo(admin.topics.get("a"));
        admin.topics.put("b", new KnownTopic(Uuid.randomUuid(), 1));
        assertThat(ensure("b", DISABLED)).isEmpty();
    }

    @Test
    void aRuleThatCreatesNothingRefusesWhatIsAbsent() throws Exception {
        assertThat(refusal("a", DISABLED)).isEqualTo(Refusal.TOPIC_NAME);
        assertThat(admin.created).isEmpty();
    }

    @Test
    void theLimitHoldsForTopicsThatAreBeingMadeToo() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        admin.gate = gate;
        provisioner.ensure("a", ENABLED);
        provisioner.ensure("b", ENABLED);
        await().until(() -> admin.created.size() == 2);

        assertThat(refusal("c", ENABLED)).isEqualTo(Refusal.TOPIC_LIMIT);

        gate.complete(null);
    }

    @Test
    void kafkaAwayMeansWaiting() throws Exception {
        admin.failures.add(new TimeoutException("away"));

        assertThat(ensure("a", ENABLED)).isEmpty();
        assertThat(admin.created).containsExactly("a", "a");
    }

    @Test
    void whatKafkaRefusesIsRefused() throws Exception {
        admin.failures.add(new TopicAuthorizationException("no"));
        assertThat(refusal("a", ENABLED)).isEqualTo(Refusal.NOT_AUTHORIZED);
        admin.failures.add(new InvalidConfigurationException("retention.ms"));
        assertThat(refusal("b", ENABLED)).isEqualTo(Refusal.KAFKA);
        // Remembered, so that a device which insists does not keep Kafka busy.
        assertThat(refusal("a", ENABLED)).isEqualTo(Refusal.NOT_AUTHORIZED);
        assertThat(admin.created).hasSize(2);
    }
}
