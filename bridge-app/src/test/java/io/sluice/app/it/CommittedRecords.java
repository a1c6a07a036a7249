package io.sluice.app.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A Kafka topic as a program sees it that reads what is committed. */
final class CommittedRecords {

    private CommittedRecords() {}

    /** The values of all records that are there now, in the order of each partition. */
    static List<String> values(String bootstrapServers, String kafkaTopic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("isolation.level", "read_committed");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafkaTopic).stream()
                    .map(info -> new TopicPartition(kafkaTopic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (ConsumerRecord<String, String> row : consumer.poll(Duration.ofMillis(200))) {
                    values.add(row.value());
                }
            }
        }
        return values;
    }

    /** Partitions whose end is not stable, and the transactions that are open: what holds up who reads what is committed. */
    static String openTransactions(String bootstrapServers) throws Exception {
        StringBuilder report = new StringBuilder("TRANSACTIONS ");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            report.append(admin.listTransactions().all().get());
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (TopicDescription topic : admin.describeTopics(
                            admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .values()) {
                topic.partitions()
                        .forEach(partition ->
                                ends.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
            }
            Map<TopicPartition, ListOffsetsResultInfo> stable = admin.listOffsets(
                            ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<TopicPartition, ListOffsetsResultInfo> all = admin.listOffsets(
                            ends, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get();
            for (Map.Entry<TopicPartition, ListOffsetsResultInfo> one : all.entrySet()) {
                ListOffsetsResultInfo last = stable.get(one.getKey());
                if (last != null && last.offset() < one.getValue().offset()) {
                    report.append(System.lineSeparator())
                            .append(one.getKey())
                            .append(" is stable until ")
                            .append(last.offset())
                            .append(", ends at ")
                            .append(one.getValue().offset())
                            .append(", producers ")
                            .append(admin.describeProducers(List.of(one.getKey()))
                                    .partitionResult(one.getKey())
                                    .get()
                                    .activeProducers());
                }
            }
        }
        return report.append(System.lineSeparator()).toString();
    }
}
