package io.sluice.kafka.topic;

import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.util.Optional;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.UnknownServerException;

/** Which failures of an admin request are an answer, and which only say that Kafka is away. Stateless. */
final class TopicRefusals {

    private TopicRefusals() {}

    /** Why the topic cannot be, or empty when the request is to be sent again. */
    static Optional<Refused> of(String kafkaTopic, Throwable failure) {
        if (isTransient(failure)) {
            return Optional.empty();
        }
        return Optional.of(new Refused(
                refusal(failure), "Kafka topic " + kafkaTopic + " cannot be created: " + failure.getMessage()));
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof RetriableException
                || failure instanceof ThrottlingQuotaExceededException
                || failure instanceof AuthenticationException
                || failure instanceof UnknownServerException
                // As many brokers as replicas are wanted may be up again in a moment.
                || failure instanceof InvalidReplicationFactorException
                || !(failure instanceof ApiException);
    }

    private static Refusal refusal(Throwable failure) {
        if (failure instanceof AuthorizationException) {
            return Refusal.NOT_AUTHORIZED;
        }
        return failure instanceof InvalidTopicException ? Refusal.TOPIC_NAME : Refusal.KAFKA;
    }
}
