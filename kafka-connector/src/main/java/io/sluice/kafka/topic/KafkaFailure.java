package io.sluice.kafka.topic;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Takes Kafka's exception out of the wrappers of futures. Stateless. */
public final class KafkaFailure {

    private KafkaFailure() {}

    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException || cause instanceof ExecutionException) {
            Throwable inner = cause.getCause();
            if (inner == null) {
                return cause;
            }
            cause = inner;
        }
        return cause;
    }

    /** The failure for the next stage of a future. */
    public static CompletionException rethrown(Throwable failure) {
        return failure instanceof CompletionException already ? already : new CompletionException(failure);
    }
}
