package io.sluice.kafka.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class StateProducerTest {

    /** A client that takes nothing while it does not know the topic, and says so as Kafka's does. */
    private static final class ForgetfulProducer extends MockProducer<byte[], byte[]> {
        private boolean knowing = true;

        ForgetfulProducer() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> row, Callback callback) {
            if (knowing) {
                return super.send(row, callback);
            }
            TimeoutException unknown = new TimeoutException("Topic state not present in metadata after 0 ms.");
            callback.onCompletion(null, unknown);
            return CompletableFuture.failedFuture(unknown);
        }
    }

    private final ForgetfulProducer kafka = new ForgetfulProducer();
    private final StateProducer producer = new StateProducer(() -> kafka);
    private final List<String> outcomes = new ArrayList<>();

    private void send(String value) {
        producer.send(
                new ProducerRecord<>("state", value.getBytes(UTF_8)),
                (metadata, failure) -> outcomes.add(value + (failure == null ? "" : " failed")));
    }

    private List<String> written() {
        return kafka.history().stream()
                .map(row -> new String(row.value(), UTF_8))
                .toList();
    }

    @Test
    void whatIsNotTakenIsSentLater() {
        kafka.knowing = false;
        send("a");
        producer.retry();
        assertThat(outcomes).isEmpty();

        kafka.knowing = true;
        producer.retry();

        assertThat(outcomes).containsExactly("a");
        assertThat(written()).containsExactly("a");
    }

    @Test
    void nothingOvertakesWhatWaits() {
        kafka.knowing = false;
        send("a");
        send("b");
        kafka.knowing = true;

        send("c");
        assertThat(written()).isEmpty();
        producer.retry();
        send("d");

        assertThat(written()).containsExactly("a", "b", "c", "d");
        assertThat(outcomes).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatStillWaitsAtTheEndFails() {
        kafka.knowing = false;
        send("a");

        producer.close(Duration.ZERO);

        assertThat(outcomes).containsExactly("a failed");
    }

    @Test
    void whatAnEndedProducerDoesNotTakeGoesToAnother() {
        ForgetfulProducer ended = new ForgetfulProducer();
        ended.sendException =
                new KafkaException("Cannot perform send", new SaslAuthenticationException("the login was refused"));
        Iterator<ForgetfulProducer> producers = List.of(ended, kafka).iterator();
        StateProducer replaced = new StateProducer(producers::next);

        replaced.send(
                new ProducerRecord<>("state", "a".getBytes(UTF_8)),
                (metadata, failure) -> outcomes.add(failure == null ? "a" : "a failed"));
        assertThat(outcomes).isEmpty();
        replaced.retry();

        assertThat(outcomes).containsExactly("a");
        assertThat(written()).containsExactly("a");
        assertThat(ended.closed()).isTrue();
    }
}
