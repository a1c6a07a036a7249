package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Reads Avro's values of one type of a schema. Immutable once the schema is compiled; safe for all threads. */
interface ValueReader {

    /** Reads one value and writes it as JSON. */
    void read(AvroInput in, JsonGenerator out) throws IOException;

    /** Passes over one value, which must be what the schema says. */
    void check(AvroInput in);
}
