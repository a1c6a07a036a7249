package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.AvroBuffer;
import org.jspecify.annotations.Nullable;

/** Writes fields that may be absent: unions of null and one type. Confined to one conversion. */
final class OptionalFields {

    private static final int ABSENT = 0;
    private static final int PRESENT = 1;

    private final AvroBuffer out;

    OptionalFields(AvroBuffer out) {
        this.out = out;
    }

    void writeString(@Nullable String value) {
        if (value == null) {
            out.writeLong(ABSENT);
        } else {
            out.writeLong(PRESENT);
            out.writeString(value);
        }
    }

    void writeLong(@Nullable Long value) {
        if (value == null) {
            out.writeLong(ABSENT);
        } else {
            out.writeLong(PRESENT);
            out.writeLong(value);
        }
    }

    void writeBoolean(@Nullable Boolean value) {
        if (value == null) {
            out.writeLong(ABSENT);
        } else {
            out.writeLong(PRESENT);
            out.writeByte(value ? 1 : 0);
        }
    }

    void writeBytes(byte @Nullable [] value) {
        if (value == null) {
            out.writeLong(ABSENT);
        } else {
            out.writeLong(PRESENT);
            out.writeBytes(value);
        }
    }
}
