package io.sluice.kafka.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.mqtt.port.LogBatch;
import io.sluice.mqtt.port.LogPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

final class CatchUpReaderTest {

    private static final LogPartition DENIED = new LogPartition("denied", 0);
    private static final LogPartition OPEN = new LogPartition("open", 0);

    private final MockClock clock = new MockClock();
    private final EgressMeters meters = new EgressMeters(new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock));
    private final ReadRules rules = new ReadRules(RuleSet.of(List.of(), List.of()));
    private boolean isDenied = true;
    private int polls;
    private final List<LogBatch> batches = new ArrayList<>();

    /** Kafka, which denies one topic for as long as the test wants. */
    private final class Consumer extends MockConsumer<byte[], byte[]> {
        Consumer() {
            super(AutoOffsetResetStrategy.NONE.name());
            updateEndOffsets(Map.of(new TopicPartition("denied", 0), 0L, new TopicPartition("open", 0), 0L));
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            polls++;
            if (isDenied && assignment().stream().anyMatch(one -> one.topic().equals("denied"))) {
                throw new TopicAuthorizationException(Set.of("denied"));
            }
            return ConsumerRecords.empty();
        }
    }

    private final CatchUpReader reader = new CatchUpReader(
            0,
            10,
            Consumer::new,
            partition -> true,
            new RecordMapper(() -> rules, RuleFormats.NONE, new SkippedRecords(meters)),
            meters);

    private final class Request implements CatchUpReader.ReadRequest {
        private final LogPartition partition;

        Request(LogPartition partition) {
            this.partition = partition;
        }

        @Override
        public LogPartition partition() {
            return partition;
        }

        @Override
        public long from() {
            return 0;
        }

        @Override
        public int bytesMax() {
            return 1_000;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void complete(LogBatch batch) {
            batches.add(batch);
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void aTopicThatIsDeniedIsAskedForSeldomAndHoldsUpNobody() throws InterruptedException {
        reader.offer(new Request(DENIED));
        reader.runOnce();
        reader.offer(new Request(OPEN));
        reader.offer(new Request(DENIED));
        for (int i = 0; i < 5; i++) {
            reader.runOnce();
        }
        assertThat(polls).isEqualTo(2);
        assertThat(batches).extracting(LogBatch::partition).containsExactly(OPEN);

        clock.add(CatchUpReader.DENIED_PAUSE);
        reader.runOnce();
        assertThat(polls).isEqualTo(3);

        isDenied = false;
        clock.add(CatchUpReader.DENIED_PAUSE);
        reader.runOnce();
        assertThat(batches).extracting(LogBatch::partition).containsExactly(OPEN, DENIED, DENIED);
    }
}
