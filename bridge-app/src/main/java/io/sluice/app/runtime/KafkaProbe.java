package io.sluice.app.runtime;

import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.probe.RecordSearch;
import java.io.IOException;

/** Reads from the configured Kafka with the credentials that a run would have. */
public final class KafkaProbe {

    private KafkaProbe() {}

    /**
     * A search in a topic of the configured Kafka, which is not the embedded one.
     *
     * @throws IOException when Kafka's properties are wrong
     */
    public static RecordSearch search(SluiceConfig config, String kafkaTopic) throws IOException {
        return new RecordSearch(
                Settings.kafka(config, String.valueOf(config.kafka().bootstrapServers()), null), kafkaTopic);
    }
}
