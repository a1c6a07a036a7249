package io.sluice.kafka.transaction;

import io.sluice.kafka.transaction.GroupCommit.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.jspecify.annotations.Nullable;

/** A message in a transaction that goes on, and what Kafka has said of its records. Confined to the commit's thread. */
final class SentItem {

    /** What is said of a record, not of the transaction that it was in. */
    private static final List<Class<? extends Exception>> RECORDS_OWN = List.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            TopicAuthorizationException.class,
            InvalidTopicException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class,
            UnsupportedForMessageFormatException.class,
            PolicyViolationException.class);

    private final Item item;
    /** Of its records, the message's first. */
    private final List<Future<RecordMetadata>> futures = new ArrayList<>(2);

    SentItem(Item item) {
        this.item = item;
    }

    Item item() {
        return item;
    }

    /** One of its records was given to the producer. */
    void add(Future<RecordMetadata> record) {
        futures.add(record);
    }

    /** Where the message stands, or null when that is not known. */
    @Nullable
    RecordMetadata message() {
        if (futures.isEmpty() || !futures.get(0).isDone() || failure(futures.get(0)) != null) {
            return null;
        }
        try {
            return futures.get(0).get();
        } catch (ExecutionException unknown) {
            return null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Whether none of its records has failed. */
    boolean isSent() {
        return failures().isEmpty();
    }

    /** Why Kafka refused one of its records for what it is, or null: what fails with the transaction is no such reason. */
    @Nullable
    Exception ownFailure() {
        for (Throwable failure : failures()) {
            for (Class<? extends Exception> own : RECORDS_OWN) {
                if (own.isInstance(failure)) {
                    return own.cast(failure);
                }
            }
        }
        return null;
    }

    List<Throwable> failures() {
        List<Throwable> failures = new ArrayList<>();
        for (Future<RecordMetadata> future : futures) {
            Throwable failure = failure(future);
            if (failure != null) {
                failures.add(failure);
            }
        }
        return failures;
    }

    /** Why it failed, or null where it has not, or not yet. */
    private static @Nullable Throwable failure(Future<RecordMetadata> future) {
        if (future.isDone()) {
            try {
                future.get();
            } catch (ExecutionException failure) {
                return failure.getCause() == null ? failure : failure.getCause();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return null;
    }
}
