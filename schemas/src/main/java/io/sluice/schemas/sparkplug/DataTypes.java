package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;
import org.jspecify.annotations.Nullable;

/** Data types as strangers give them. Stateless. */
final class DataTypes {

    private DataTypes() {}

    /**
     * The type of a number that was sent; null for 0, which says nothing.
     *
     * @throws MisfitException when Sparkplug has no such type
     */
    static @Nullable DataType of(int code, JsonPath path) throws MisfitException {
        DataType type = DataType.of(code);
        if (type == null) {
            throw MisfitException.misfit(
                    path.toString(),
                    "data type " + Integer.toUnsignedString(code),
                    "one of Sparkplug's, 0 to " + (DataType.values().length - 1));
        }
        return type == DataType.UNKNOWN ? null : type;
    }
}
