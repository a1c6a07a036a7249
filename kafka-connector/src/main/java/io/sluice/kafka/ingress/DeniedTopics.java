package io.sluice.kafka.ingress;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which Kafka topics Kafka does not let us write: said once when it begins and once when it ends. Safe for all threads. */
final class DeniedTopics {

    private static final Logger LOG = LoggerFactory.getLogger(DeniedTopics.class);
    private static final int TOPICS_MAX = 1_000;

    private final Set<String> denied = ConcurrentHashMap.newKeySet();

    /** Kafka has refused a record for want of rights. */
    void onDenied(String kafkaTopic, String cause) {
        boolean isNews = denied.size() < TOPICS_MAX && denied.add(kafkaTopic);
        (isNews ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("kafkaTopic", kafkaTopic)
                .addKeyValue("cause", cause)
                .log("Kafka does not let us write");
    }

    /** Kafka has taken a record. */
    void onWritten(String kafkaTopic) {
        if (!denied.isEmpty() && denied.remove(kafkaTopic)) {
            LOG.atInfo().addKeyValue("kafkaTopic", kafkaTopic).log("Kafka lets us write again");
        }
    }
}
