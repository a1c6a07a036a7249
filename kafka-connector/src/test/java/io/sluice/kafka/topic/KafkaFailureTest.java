package io.sluice.kafka.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

final class KafkaFailureTest {

    @Test
    void theCausesAreToldToo() {
        Throwable failure = new CompletionException(new KafkaException(
                "Failed to create new KafkaAdminClient",
                new KafkaException("Failed to load SSL keystore", new IllegalArgumentException("no such file"))));

        assertThat(KafkaFailure.words(failure))
                .isEqualTo("Failed to create new KafkaAdminClient: Failed to load SSL keystore: no such file");
    }

    @Test
    void whatIsSaidTwiceIsToldOnce() {
        assertThat(KafkaFailure.words(new KafkaException("late", new KafkaException("late"))))
                .isEqualTo("late");
    }

    @Test
    void aLoginConfigurationIsNotQuoted() {
        Throwable failure = new KafkaException(
                "Failed", new IllegalArgumentException("Value not specified for key 'half-a-secret' in JAAS config"));

        assertThat(KafkaFailure.words(failure)).isEqualTo("Failed: sasl.jaas.config cannot be used");
    }
}
