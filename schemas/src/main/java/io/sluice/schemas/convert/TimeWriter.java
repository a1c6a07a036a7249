package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Writes dates, times and timestamps: from ISO 8601, or from the number in the schema's unit. */
final class TimeWriter extends ValueWriter {

    private final TimeType type;

    TimeWriter(TimeType type) {
        this.type = type;
    }

    @Override
    String expected() {
        return type.expected();
    }

    @Override
    boolean mayFit(JsonNode value) {
        return value.isNumber() || value.isTextual();
    }

    @Override
    void write(JsonNode value, Conversion to) {
        to.step();
        Long count = count(value);
        if (count == null || !type.isInRange(count)) {
            to.misfit(value, type.expected());
        } else {
            to.out.writeLong(count);
        }
    }

    private @Nullable Long count(JsonNode value) {
        if (value.isNumber()) {
            return Numbers.isWhole(value) ? (Long) value.decimalValue().longValue() : null;
        }
        if (!value.isTextual() || value.textValue().length() > TimeType.TEXT_MAX) {
            return null;
        }
        try {
            return type.parse(value.textValue());
        } catch (DateTimeException | ArithmeticException noTime) {
            return null;
        }
    }
}
