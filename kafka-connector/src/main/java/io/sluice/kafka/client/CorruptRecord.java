package io.sluice.kafka.client;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;

/** Finds out which partition a record that Kafka's consumer cannot read stands in. Stateless. */
public final class CorruptRecord {

    /** Kafka's consumer says it in the text alone: "… fetching the next record from topic-0. If needed, …". */
    private static final Pattern MESSAGE = Pattern.compile("fetching the next record from (\\S+)-(\\d+)\\.");

    private CorruptRecord() {}

    /** The partition, or empty when the failure is another. */
    public static Optional<TopicPartition> partition(KafkaException failure) {
        if (failure instanceof RecordDeserializationException named) {
            return Optional.of(named.topicPartition());
        }
        Matcher matcher = MESSAGE.matcher(String.valueOf(failure.getMessage()));
        return matcher.find()
                ? Optional.of(new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }
}
