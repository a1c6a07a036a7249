package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertySet;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the properties of metrics, which may hold properties. Confined to one conversion. */
final class PropertyEncoder {

    private static final int PROPERTY_SET = 7;
    private static final int PROPERTY_SET_LIST = 8;

    private final AvroBuffer out;
    private final JsonPath path;
    private final OptionalFields optional;
    private final ScalarEncoder scalars;

    PropertyEncoder(AvroBuffer out, JsonPath path, ScalarEncoder scalars) {
        this.out = out;
        this.path = path;
        this.scalars = scalars;
        optional = new OptionalFields(out);
    }

    /** @throws MisfitException when keys and values are not equally many, or a value is not of its type */
    void write(PropertySet set) throws MisfitException {
        int count = set.getKeysCount();
        if (count != set.getValuesCount()) {
            throw MisfitException.misfit(
                    path.toString(), count + " keys and " + set.getValuesCount() + " values", "equally many");
        }
        if (count > 0) {
            out.writeLong(count);
        }
        for (int i = 0; i < count; i++) {
            String key = set.getKeys(i);
            path.push(key);
            out.writeString(key);
            property(set.getValues(i));
            path.pop();
        }
        out.writeLong(0);
    }

    private void property(PropertyValue property) throws MisfitException {
        DataType type = DataTypes.of(property.getType(), path);
        optional.writeString(type == null ? null : type.label());
        out.writeByte(property.getIsNull() ? 1 : 0);
        WireValue value = WireValue.of(property);
        if (property.getIsNull()) {
            scalars.writeNull();
            return;
        }
        switch (value.kind()) {
            case PROPERTY_SET -> {
                require(DataType.PROPERTY_SET, type, value);
                out.writeLong(PROPERTY_SET);
                write(property.getPropertysetValue());
            }
            case PROPERTY_SET_LIST -> {
                require(DataType.PROPERTY_SET_LIST, type, value);
                out.writeLong(PROPERTY_SET_LIST);
                sets(property.getPropertysetsValue().getPropertysetList());
            }
            default -> scalars.write(type, value);
        }
    }

    private void require(DataType wanted, @Nullable DataType type, WireValue value) throws MisfitException {
        if (type != null && type != wanted) {
            throw scalars.misfit(type, value);
        }
    }

    private void sets(List<PropertySet> sets) throws MisfitException {
        if (!sets.isEmpty()) {
            out.writeLong(sets.size());
        }
        for (int i = 0; i < sets.size(); i++) {
            path.push(i);
            write(sets.get(i));
            path.pop();
        }
        out.writeLong(0);
    }
}
