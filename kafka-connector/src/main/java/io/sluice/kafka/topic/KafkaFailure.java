package io.sluice.kafka.topic;

import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Takes Kafka's exception out of the wrappers of futures. Stateless. */
public final class KafkaFailure {

    private static final int CAUSES_MAX = 6;

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

    /**
     * What went wrong, and why, for people: of each failure that has another for its cause too. What Kafka's client says
     * of a login configuration may quote a part of it, and is left out.
     */
    public static String words(Throwable failure) {
        StringBuilder words = new StringBuilder();
        Throwable one = cause(failure);
        for (int depth = 0; one != null && depth < CAUSES_MAX; depth++) {
            String message = one.getMessage();
            String said = message == null || message.isEmpty()
                    ? one.getClass().getSimpleName()
                    : message.toLowerCase(Locale.ROOT).contains("jaas") ? "sasl.jaas.config cannot be used" : message;
            if (words.indexOf(said) < 0) {
                words.append(words.isEmpty() ? "" : ": ").append(said);
            }
            one = one.getCause();
        }
        return words.toString();
    }

    /** The failure for the next stage of a future. */
    public static CompletionException rethrown(Throwable failure) {
        return failure instanceof CompletionException already ? already : new CompletionException(failure);
    }
}
