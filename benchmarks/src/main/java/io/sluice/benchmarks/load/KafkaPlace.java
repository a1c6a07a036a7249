package io.sluice.benchmarks.load;

import io.sluice.benchmarks.Transport;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of a run are to be found in Kafka.
 *
 * @param bootstrapServers host:port, on loopback
 * @param topics what the Kafka topics' names match; internal ones, with a leading underscore, are left out
 */
record KafkaPlace(String bootstrapServers, Pattern topics) {

    /**
     * Reads {@code --verify-kafka} and {@code --kafka-topics}.
     *
     * @return null when the first is empty
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static @Nullable KafkaPlace parse(String bootstrapServers, String topics) {
        if (bootstrapServers.isEmpty()) {
            return null;
        }
        if (!bootstrapServers.matches("[^,]+:\\d{1,5}")) {
            throw new IllegalArgumentException("--verify-kafka: " + bootstrapServers + " (expected: host:port)");
        }
        Transport.loopback(bootstrapServers.substring(0, bootstrapServers.lastIndexOf(':')));
        try {
            return new KafkaPlace(bootstrapServers, Pattern.compile(topics));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--kafka-topics: " + topics + " (expected: a regular expression)", e);
        }
    }

    boolean includes(String kafkaTopic) {
        return !kafkaTopic.startsWith("_") && topics.matcher(kafkaTopic).matches();
    }
}
