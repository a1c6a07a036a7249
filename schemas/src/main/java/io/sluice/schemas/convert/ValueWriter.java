package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;

/** Writes JSON values as one type of a schema. Immutable once the schema is compiled; safe for all threads. */
abstract class ValueWriter {

    /** What the schema wants, for people. */
    abstract String expected();

    /** Whether a value of this kind may fit: a first look, without going into it. */
    abstract boolean mayFit(JsonNode value);

    /** Writes the value, or tells the conversion what does not fit; what is written then does not matter. */
    abstract void write(JsonNode value, Conversion to);

    /** Whether any text may fit by accident, so that in a union others come first. */
    boolean isGreedy() {
        return false;
    }
}
