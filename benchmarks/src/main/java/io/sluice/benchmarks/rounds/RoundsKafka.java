package io.sluice.benchmarks.rounds;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * The Kafka that Sluice and the floor share, in a process of its own.
 *
 * @param child its process
 * @param port of its listener on loopback
 */
record RoundsKafka(Child child, int port) {

    /** Any: it lives as long as the measurement. */
    static final String CLUSTER_ID = "c2x1aWNlLXJvdW5kcy0wMA";

    /** As many as the floor has by default. */
    private static final int PARTITIONS = 4;

    private static final int CALL_SECONDS = 30;

    /** The last net for the disk, per partition; what a run has left is deleted when the run is over. */
    private static final long RETENTION_BYTES = 1L << 30;

    private static final int SEGMENT_BYTES = 64 << 20;

    static String properties(Path data, int port, int controllerPort) {
        String broker = "PLAINTEXT://127.0.0.1:" + port;
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "log.dirs=" + data,
                "controller.listener.names=CONTROLLER",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "listeners=" + broker + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=" + broker,
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "share.coordinator.state.topic.num.partitions=1",
                "group.initial.rebalance.delay.ms=0",
                "auto.create.topics.enable=false",
                "log.retention.check.interval.ms=5000",
                "log.segment.delete.delay.ms=1000",
                "");
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    long pid() {
        return child.pid();
    }

    void createTopics(List<String> names) throws Exception {
        Map<String, String> config = Map.of(
                "retention.bytes", Long.toString(RETENTION_BYTES), "segment.bytes", Integer.toString(SEGMENT_BYTES));
        try (Admin admin = admin()) {
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1).configs(config))
                            .toList())
                    .all()
                    .get(CALL_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Deletes everything in the topic, so that the disk does not fill up. */
    void empty(String topic) throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            question.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        try (Admin admin = admin()) {
            Map<TopicPartition, ListOffsetsResultInfo> ends =
                    admin.listOffsets(question).all().get(CALL_SECONDS, TimeUnit.SECONDS);
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            ends.forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end.offset())));
            admin.deleteRecords(all).all().get(CALL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", address()));
    }
}
