package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Devices that were all given the same client id, and connect again as soon as another has taken their session over. */
@ExtendWith(SluiceExtension.class)
final class TakeOverStormIT {

    private static final int DEVICES = 4;
    private static final Duration STORM = Duration.ofSeconds(3);
    /** At once, and for each second: limits.claim-rate. */
    private static final int BURST = 20;

    private static final int PER_SECOND = 10;
    /** A claim, the session as its connection begins, and what it leaves behind. */
    private static final int RECORDS_OF_CLAIM = 3;

    /** Connects, is sent away, and connects again. */
    private static final class Device extends Thread {
        private final int port;
        private final Connect connect;
        private final AtomicInteger accepted;
        private volatile boolean running = true;
        private volatile @Nullable Throwable trouble;

        Device(int port, Connect connect, AtomicInteger accepted) {
            this.port = port;
            this.connect = connect;
            this.accepted = accepted;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (running) {
                    try (RawClient client = new RawClient(port)) {
                        once(client);
                    }
                }
            } catch (IOException | RuntimeException | AssertionError unexpected) {
                trouble = unexpected;
            }
        }

        private void once(RawClient client) throws IOException {
            try {
                client.connect(connect);
                accepted.incrementAndGet();
                while (running && !client.isAtEnd()) {
                    // As long as it is the one.
                }
            } catch (EOFException | SocketException closed) {
                // Another came, maybe before its turn.
            }
        }

        void end() throws InterruptedException {
            running = false;
            join(Patience.WAIT.toMillis());
            assertThat(isAlive()).isFalse();
            assertThat(trouble).isNull();
        }
    }

    private static long records(RunningSluice sluice, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", sluice.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    @Test
    void devicesWithOneClientIdDoNotFloodTheLog(RunningSluice sluice) throws Exception {
        String clientId = sluice.unique("twins");
        Connect connect = new Connect(Protocol.MQTT_3_1_1, clientId).persistent();
        AtomicInteger accepted = new AtomicInteger();
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
            devices.add(new Device(sluice.tcpPort(), connect, accepted));
        }
        long recordsBefore = records(sluice, "_sluice.sessions");
        long begin = System.nanoTime();

        devices.forEach(Thread::start);
        // So long they do what they do; nothing is waited for.
        new CountDownLatch(1).await(STORM.toMillis(), TimeUnit.MILLISECONDS);
        for (Device device : devices) {
            device.end();
        }

        double seconds = (System.nanoTime() - begin) / 1e9;
        int claims = (int) Math.ceil(BURST + PER_SECOND * seconds) + 1;
        assertThat(accepted.get()).as("accepted in %s s", seconds).isBetween(BURST / 2, claims);
        assertThat(records(sluice, "_sluice.sessions") - recordsBefore)
                .as("records in %s s", seconds)
                .isLessThanOrEqualTo((long) RECORDS_OF_CLAIM * claims);
        try (RawClient last = sluice.connect(Protocol.MQTT_3_1_1, clientId, Connect::persistent)) {
            assertThat(last.connAck().isSessionPresent()).isTrue();
        }
    }
}
