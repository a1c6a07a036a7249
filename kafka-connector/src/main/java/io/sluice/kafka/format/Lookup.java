package io.sluice.kafka.format;

import java.util.concurrent.CompletionStage;

/** What a source says about a schema at this moment. */
public sealed interface Lookup {

    /** Here it is. */
    record Found(KnownSchema schema) implements Lookup {}

    /**
     * There is none.
     *
     * @param detail what was looked for
     */
    record Missing(String detail) implements Lookup {}

    /**
     * It is not known yet.
     *
     * @param until completes, never with an error, when asking again makes sense
     */
    record Pending(CompletionStage<?> until) implements Lookup {}
}
