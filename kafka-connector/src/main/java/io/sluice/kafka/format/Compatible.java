package io.sluice.kafka.format;

import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.jspecify.annotations.Nullable;

/**
 * Whether one schema reads what another has written. Looking is far more work than converting a payload, and the two are
 * mostly those of the last time: these are remembered. Safe for all threads.
 */
final class Compatible {

    /** Two that fit, by identity: what is known of a schema is there once. */
    private record Pair(KnownSchema reader, KnownSchema writer) {}

    private volatile @Nullable Pair last;

    @SuppressWarnings("ReferenceEquality") // Their texts are what is expensive.
    boolean reads(KnownSchema reader, KnownSchema writer) {
        Pair known = last;
        if (known != null && known.reader() == reader && known.writer() == writer) {
            return true;
        }
        boolean fits = fits(reader.schema(), writer.schema());
        if (fits) {
            last = new Pair(reader, writer);
        }
        return fits;
    }

    private static boolean fits(@Nullable Schema reader, @Nullable Schema writer) {
        return reader != null
                && writer != null
                && SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                                .getType()
                        == SchemaCompatibilityType.COMPATIBLE;
    }
}
