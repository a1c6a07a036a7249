package io.sluice.kafka.ingress;

import io.sluice.mqtt.port.PublishOutcome.Refused;
import io.sluice.mqtt.port.Refusal;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What a failed send means: the one place where Kafka's exceptions become outcomes. Stateless.
 *
 * <p>A retriable exception arrives here only after Kafka's client has given up on it ({@code delivery.timeout.ms}).
 */
final class ProduceOutcomes {

    /** The first line that fits decides, so subclasses stand before their parents. */
    private static final List<Meaning> MEANINGS = List.of(
            new Meaning(RecordTooLargeException.class, ProduceError.TOO_LARGE, Refusal.TOO_LARGE),
            new Meaning(RecordBatchTooLargeException.class, ProduceError.TOO_LARGE, Refusal.TOO_LARGE),
            // Sluice's own right, not one to this topic.
            new Meaning(TransactionalIdAuthorizationException.class, ProduceError.NOT_AUTHORIZED, Refusal.KAFKA),
            new Meaning(AuthorizationException.class, ProduceError.NOT_AUTHORIZED, Refusal.NOT_AUTHORIZED),
            new Meaning(AuthenticationException.class, ProduceError.AUTHENTICATION, Refusal.KAFKA),
            new Meaning(InvalidTopicException.class, ProduceError.INVALID_TOPIC, Refusal.TOPIC_NAME),
            new Meaning(ThrottlingQuotaExceededException.class, ProduceError.QUOTA, Refusal.QUOTA),
            new Meaning(InvalidRecordException.class, ProduceError.INVALID_RECORD, Refusal.KAFKA),
            new Meaning(InvalidTimestampException.class, ProduceError.INVALID_RECORD, Refusal.KAFKA),
            new Meaning(CorruptRecordException.class, ProduceError.INVALID_RECORD, Refusal.KAFKA),
            new Meaning(UnsupportedForMessageFormatException.class, ProduceError.INVALID_RECORD, Refusal.KAFKA),
            new Meaning(PolicyViolationException.class, ProduceError.INVALID_RECORD, Refusal.KAFKA),
            new Meaning(TimeoutException.class, ProduceError.TIMEOUT, Refusal.KAFKA),
            new Meaning(NotEnoughReplicasException.class, ProduceError.NOT_ENOUGH_REPLICAS, Refusal.KAFKA),
            new Meaning(NotEnoughReplicasAfterAppendException.class, ProduceError.NOT_ENOUGH_REPLICAS, Refusal.KAFKA),
            new Meaning(UnknownTopicOrPartitionException.class, ProduceError.UNKNOWN_TOPIC, Refusal.KAFKA),
            new Meaning(KafkaStorageException.class, ProduceError.STORAGE, Refusal.KAFKA),
            new Meaning(NetworkException.class, ProduceError.NETWORK, Refusal.KAFKA),
            new Meaning(DisconnectException.class, ProduceError.NETWORK, Refusal.KAFKA),
            new Meaning(InvalidMetadataException.class, ProduceError.LEADERSHIP, Refusal.KAFKA),
            new Meaning(OutOfOrderSequenceException.class, ProduceError.SEQUENCE, Refusal.KAFKA),
            new Meaning(UnknownProducerIdException.class, ProduceError.SEQUENCE, Refusal.KAFKA),
            new Meaning(InvalidPidMappingException.class, ProduceError.SEQUENCE, Refusal.KAFKA),
            new Meaning(ProducerFencedException.class, ProduceError.FENCED, Refusal.KAFKA),
            new Meaning(InvalidProducerEpochException.class, ProduceError.FENCED, Refusal.KAFKA),
            new Meaning(TransactionAbortedException.class, ProduceError.TRANSACTION, Refusal.KAFKA),
            new Meaning(TransactionAbortableException.class, ProduceError.TRANSACTION, Refusal.KAFKA),
            new Meaning(InvalidTxnStateException.class, ProduceError.TRANSACTION, Refusal.KAFKA));

    private ProduceOutcomes() {}

    private record Meaning(Class<? extends Throwable> type, ProduceError error, Refusal refusal) {}

    /** What the device is told. An exception that is not in the list is {@link Refusal#KAFKA}: never swallowed. */
    static Refused refused(Throwable failure) {
        Refusal refusal = Refusal.KAFKA;
        for (Meaning meaning : MEANINGS) {
            if (meaning.type().isInstance(failure)) {
                refusal = meaning.refusal();
                break;
            }
        }
        return new Refused(refusal, failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    /** How the failure is counted. */
    static ProduceError error(Throwable failure) {
        for (Meaning meaning : MEANINGS) {
            if (meaning.type().isInstance(failure)) {
                return meaning.error();
            }
        }
        return ProduceError.OTHER;
    }

    /** Whether the producer that threw this takes no record any more, so that another one is needed. */
    static boolean endsProducer(Throwable failure) {
        return failure instanceof ClusterAuthorizationException
                || failure instanceof ProducerFencedException
                || failure instanceof InvalidProducerEpochException
                || failure instanceof UnsupportedVersionException
                || isOfEnded(failure);
    }

    /** What such a producer says of every record later, whatever has ended it: a login that was refused, for one. */
    private static boolean isOfEnded(Throwable failure) {
        return failure.getClass() == KafkaException.class && failure.getCause() instanceof ApiException;
    }
}
