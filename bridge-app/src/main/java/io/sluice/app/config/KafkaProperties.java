package io.sluice.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kafka's own settings, passed through. The text form names them and shows no value: some are secrets.
 *
 * @param values by Kafka's names
 */
public record KafkaProperties(Map<String, String> values) {

    public KafkaProperties {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
