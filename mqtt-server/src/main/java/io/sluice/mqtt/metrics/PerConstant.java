package io.sluice.mqtt.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One meter for each constant of an enum, all there from the start: the first loss is an increase, and no label is
 * anything but one of a closed list. Immutable; as safe for threads as its meters.
 */
public final class PerConstant<E extends Enum<E>, M> {

    private final Map<E, M> meters;

    /**
     * @param type the enum
     * @param make makes the meter of a constant
     */
    public PerConstant(Class<E> type, Function<E, M> make) {
        meters = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            meters.put(constant, make.apply(constant));
        }
    }

    public M get(E constant) {
        M meter = meters.get(constant);
        if (meter == null) {
            throw new IllegalStateException("no meter for " + constant);
        }
        return meter;
    }
}
