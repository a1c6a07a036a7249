package io.sluice.schemas.convert;

import io.sluice.schemas.convert.StructureReaders.ArrayReader;
import io.sluice.schemas.convert.StructureReaders.Field;
import io.sluice.schemas.convert.StructureReaders.MapReader;
import io.sluice.schemas.convert.StructureReaders.RecordReader;
import io.sluice.schemas.convert.StructureReaders.UnionReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Makes the readers of a schema, once. Used by one thread. */
final class ReaderCompiler {

    private final Map<String, RecordReader> records = new HashMap<>();

    ValueReader reader(Schema schema) {
        ValueReader logical = logical(schema);
        if (logical != null) {
            return logical;
        }
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case ARRAY -> new ArrayReader(reader(schema.getElementType()));
            case MAP -> new MapReader(reader(schema.getValueType()));
            case UNION ->
                new UnionReader(schema.getTypes().stream().map(this::reader).toList());
            case ENUM -> new ScalarReaders.EnumReader(schema.getEnumSymbols());
            case STRING -> new ScalarReaders.StringReader();
            case BYTES -> new ScalarReaders.BytesReader(-1);
            case FIXED -> new ScalarReaders.BytesReader(schema.getFixedSize());
            case INT -> new ScalarReaders.IntReader();
            case LONG -> new ScalarReaders.LongReader();
            case FLOAT -> new ScalarReaders.FloatReader();
            case DOUBLE -> new ScalarReaders.DoubleReader();
            case BOOLEAN -> new ScalarReaders.BooleanReader();
            case NULL -> new ScalarReaders.NullReader();
        };
    }

    private static @Nullable ValueReader logical(Schema schema) {
        LogicalType type = schema.getLogicalType();
        if (type == null) {
            return null;
        }
        TimeType time = TimeType.of(type.getName());
        if (time != null) {
            return new ScalarReaders.TimeReader(time);
        }
        boolean isFixed = schema.getType() == Schema.Type.FIXED;
        if (type instanceof LogicalTypes.Decimal decimal) {
            return new ScalarReaders.DecimalReader(decimal.getScale(), isFixed ? schema.getFixedSize() : -1);
        }
        return type.getName().equals("uuid") && isFixed ? new ScalarReaders.UuidReader() : null;
    }

    private RecordReader record(Schema schema) {
        RecordReader known = records.get(schema.getFullName());
        if (known != null) {
            return known;
        }
        RecordReader record = new RecordReader();
        records.put(schema.getFullName(), record);
        List<Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            fields.add(new Field(field.name(), reader(field.schema())));
        }
        record.complete(fields);
        return record;
    }
}
