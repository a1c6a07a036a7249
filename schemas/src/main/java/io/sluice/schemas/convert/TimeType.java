package io.sluice.schemas.convert;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Avro's logical types of time: what they count, and their ISO 8601 text. */
enum TimeType {
    DATE(0, "date as 2026-11-22 or days since 1970"),
    TIME_MILLIS(1_000, "time of day as 12:34:56.789 or its milliseconds"),
    TIME_MICROS(1_000_000, "time of day as 12:34:56.789012 or its microseconds"),
    TIMESTAMP_MILLIS(1_000, "timestamp as 2026-11-22T12:34:56.789Z or milliseconds since 1970"),
    TIMESTAMP_MICROS(1_000_000, "timestamp as 2026-11-22T12:34:56.789012Z or microseconds since 1970"),
    TIMESTAMP_NANOS(1_000_000_000, "timestamp as 2026-11-22T12:34:56.789Z or nanoseconds since 1970"),
    LOCAL_TIMESTAMP_MILLIS(1_000, "local timestamp as 2026-11-22T12:34:56.789 or its milliseconds"),
    LOCAL_TIMESTAMP_MICROS(1_000_000, "local timestamp as 2026-11-22T12:34:56.789012 or its microseconds"),
    LOCAL_TIMESTAMP_NANOS(1_000_000_000, "local timestamp as 2026-11-22T12:34:56.789 or its nanoseconds");

    /** No text of a time is longer. */
    static final int TEXT_MAX = 64;

    private static final long SECONDS_A_DAY = 86_400;
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final long aSecond;
    private final String expected;

    TimeType(long aSecond, String expected) {
        this.aSecond = aSecond;
        this.expected = expected;
    }

    /** The type of this name in Avro, or null for none of these. */
    static @Nullable TimeType of(String logicalType) {
        for (TimeType type : values()) {
            if (type.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(logicalType)) {
                return type;
            }
        }
        return null;
    }

    String expected() {
        return expected;
    }

    boolean isInRange(long count) {
        return switch (this) {
            case DATE -> count == (int) count;
            case TIME_MILLIS, TIME_MICROS -> count >= 0 && count < SECONDS_A_DAY * aSecond;
            default -> true;
        };
    }

    /**
     * What Avro counts for this text.
     *
     * @throws DateTimeException when it is no such text, or has more digits than are counted
     * @throws ArithmeticException when it is too far away
     */
    long parse(String text) {
        return switch (this) {
            case DATE -> LocalDate.parse(text).toEpochDay();
            case TIME_MILLIS, TIME_MICROS -> {
                long nanos = LocalTime.parse(text).toNanoOfDay();
                yield nanos / NANOS_A_SECOND * aSecond + fraction((int) (nanos % NANOS_A_SECOND));
            }
            case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS ->
                count(OffsetDateTime.parse(text).toInstant());
            default -> count(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
        };
    }

    private long count(Instant time) {
        long second = time.getEpochSecond();
        long fraction = fraction(time.getNano());
        // From the other side before 1970: the second alone may be out of range while the sum is not.
        return second < 0 && fraction > 0
                ? Math.addExact(Math.multiplyExact(second + 1, aSecond), fraction - aSecond)
                : Math.addExact(Math.multiplyExact(second, aSecond), fraction);
    }

    private long fraction(int nanos) {
        long unit = NANOS_A_SECOND / aSecond;
        if (nanos % unit != 0) {
            throw new DateTimeException("more digits than are counted");
        }
        return nanos / unit;
    }

    /** The text of what is counted. Only of what is in range. */
    String text(long count) {
        return switch (this) {
            case DATE -> LocalDate.ofEpochDay(count).toString();
            case TIME_MILLIS, TIME_MICROS ->
                LocalTime.ofNanoOfDay(count * (NANOS_A_SECOND / aSecond)).toString();
            case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS ->
                DateTimeFormatter.ISO_INSTANT.format(time(count));
            default -> LocalDateTime.ofInstant(time(count), ZoneOffset.UTC).toString();
        };
    }

    private Instant time(long count) {
        long fraction = Math.floorMod(count, aSecond);
        return Instant.ofEpochSecond(Math.floorDiv(count, aSecond), fraction * (NANOS_A_SECOND / aSecond));
    }
}
