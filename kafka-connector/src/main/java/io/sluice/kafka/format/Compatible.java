package io.sluice.kafka.format;

import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** Whether one schema reads what another has written. Stateless. */
final class Compatible {

    private Compatible() {}

    static boolean reads(KnownSchema reader, KnownSchema writer) {
        Schema to = reader.schema();
        Schema from = writer.schema();
        return to != null
                && from != null
                && SchemaCompatibility.checkReaderWriterCompatibility(to, from).getType()
                        == SchemaCompatibilityType.COMPATIBLE;
    }
}
