package io.sluice.schemas.convert;

import io.sluice.schemas.convert.StructureWriters.ArrayWriter;
import io.sluice.schemas.convert.StructureWriters.Field;
import io.sluice.schemas.convert.StructureWriters.MapWriter;
import io.sluice.schemas.convert.StructureWriters.RecordWriter;
import io.sluice.schemas.convert.StructureWriters.UnionWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Makes the writers of a schema, once. Used by one thread. */
final class WriterCompiler {

    private final Map<String, RecordWriter> records = new HashMap<>();

    ValueWriter writer(Schema schema) {
        ValueWriter logical = logical(schema);
        if (logical != null) {
            return logical;
        }
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case ARRAY -> new ArrayWriter(writer(schema.getElementType()));
            case MAP -> new MapWriter(writer(schema.getValueType()));
            case UNION ->
                new UnionWriter(schema.getTypes().stream().map(this::writer).toList());
            case ENUM -> new TextWriters.EnumWriter(schema.getEnumSymbols());
            case STRING -> new TextWriters.StringWriter();
            case BYTES -> new TextWriters.BytesWriter(-1);
            case FIXED -> new TextWriters.BytesWriter(schema.getFixedSize());
            case INT -> new ScalarWriters.WholeWriter("int", Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> new ScalarWriters.WholeWriter("long", Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> new ScalarWriters.FloatWriter();
            case DOUBLE -> new ScalarWriters.DoubleWriter();
            case BOOLEAN -> new ScalarWriters.BooleanWriter();
            case NULL -> new ScalarWriters.NullWriter();
        };
    }

    /** By the logical type, or null where the plain type is written. */
    private static @Nullable ValueWriter logical(Schema schema) {
        LogicalType type = schema.getLogicalType();
        if (type == null) {
            return null;
        }
        TimeType time = TimeType.of(type.getName());
        if (time != null) {
            return new TimeWriter(time);
        }
        boolean isFixed = schema.getType() == Schema.Type.FIXED;
        if (type instanceof LogicalTypes.Decimal decimal) {
            return new TextWriters.DecimalWriter(
                    decimal.getPrecision(), decimal.getScale(), isFixed ? schema.getFixedSize() : -1);
        }
        return type.getName().equals("uuid") ? new TextWriters.UuidWriter(!isFixed) : null;
    }

    private RecordWriter record(Schema schema) {
        RecordWriter known = records.get(schema.getFullName());
        if (known != null) {
            return known;
        }
        RecordWriter record = new RecordWriter(schema.getName());
        records.put(schema.getFullName(), record);
        List<Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            fields.add(new Field(field.name(), writer(field.schema()), byDefault(field)));
        }
        record.complete(fields);
        return record;
    }

    private static byte @Nullable [] byDefault(Schema.Field field) {
        if (!field.hasDefaultValue()) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<@Nullable Object>(field.schema())
                    .write(GenericData.get().getDefaultValue(field), encoder);
        } catch (IOException e) {
            throw new UncheckedIOException("default of field " + field.name(), e);
        }
        return bytes.toByteArray();
    }
}
