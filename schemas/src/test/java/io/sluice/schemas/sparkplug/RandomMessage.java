package io.sluice.schemas.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet.DataSetValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertySet;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertyValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Template;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A random payload, and the metrics that a record of it has. All of a seed. */
final class RandomMessage {

    private static final int DEPTH_MAX = 3;

    private final Random random;
    private final Payload payload;
    private final List<Map<String, Object>> metrics = new ArrayList<>();

    /**
     * A value.
     *
     * @param wire what the field of its Java type has, Integer for int_value, Long for long_value
     * @param plain what is expected
     */
    private record Scalar(Object wire, Object plain) {}

    RandomMessage(long seed) {
        random = new Random(seed);
        Payload.Builder builder = Payload.newBuilder();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            builder.addMetrics(metric(metrics, 0));
        }
        payload = builder.build();
    }

    Payload payload() {
        return payload;
    }

    List<Map<String, Object>> metrics() {
        return metrics;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(64) : 'a' + random.nextInt(26));
        }
        return text.toString();
    }

    private Metric metric(List<Map<String, Object>> expected, int depth) {
        Metric.Builder metric = Metric.newBuilder();
        Map<String, Object> plain = new LinkedHashMap<>();
        if (random.nextInt(4) > 0) {
            metric.setName(text());
            plain.put("name", metric.getName());
        }
        if (random.nextBoolean()) {
            metric.setAlias(random.nextLong());
            plain.put("alias", metric.getAlias());
        }
        if (random.nextBoolean()) {
            metric.setTimestamp(random.nextLong());
            plain.put("timestamp", metric.getTimestamp());
        }
        plain.put("isHistorical", random.nextBoolean());
        plain.put("isTransient", false);
        plain.put("isNull", random.nextInt(8) == 0);
        metric.setIsHistorical(Boolean.TRUE.equals(plain.get("isHistorical")));
        metric.setIsNull(Boolean.TRUE.equals(plain.get("isNull")));
        DataType type = DataType.of(1 + random.nextInt(DataType.values().length - 1));
        if (type == null || type == DataType.PROPERTY_SET || type == DataType.PROPERTY_SET_LIST) {
            type = DataType.INT32;
        }
        if (type == DataType.TEMPLATE && depth == DEPTH_MAX) {
            type = DataType.DATA_SET;
        }
        metric.setDatatype(type.code());
        plain.put("datatype", type.label());
        Object value = value(metric, type, depth);
        if (!metric.getIsNull()) {
            plain.put("value", value);
        }
        if (random.nextInt(3) == 0) {
            Map<String, Object> properties = new LinkedHashMap<>();
            metric.setProperties(properties(properties, depth));
            plain.put("properties", properties);
        }
        expected.add(plain);
        return metric.build();
    }

    private Object value(Metric.Builder metric, DataType type, int depth) {
        switch (type.form()) {
            case BYTES -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                metric.setBytesValue(ByteString.copyFrom(bytes));
                return HexFormat.of().formatHex(bytes);
            }
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                metric.setBytesValue(ByteString.copyFrom(packed(type.item(), items)));
                return items;
            }
            case DATA_SET -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                metric.setDatasetValue(table(plain));
                return plain;
            }
            case TEMPLATE -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                metric.setTemplateValue(template(plain, depth + 1));
                return plain;
            }
            default -> {
                Scalar scalar = scalar(type);
                if (scalar.wire() instanceof Integer number) {
                    metric.setIntValue(number);
                } else if (scalar.wire() instanceof Long number) {
                    metric.setLongValue(number);
                } else if (scalar.wire() instanceof Float number) {
                    metric.setFloatValue(number);
                } else if (scalar.wire() instanceof Double number) {
                    metric.setDoubleValue(number);
                } else if (scalar.wire() instanceof Boolean is) {
                    metric.setBooleanValue(is);
                } else {
                    metric.setStringValue(scalar.wire().toString());
                }
                return scalar.plain();
            }
        }
    }

    private static Object unsigned(long bits) {
        return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
    }

    private Scalar scalar(DataType type) {
        int bits = type.bits();
        switch (type.form()) {
            case SIGNED -> {
                long value = random.nextLong() >> (Long.SIZE - bits);
                if (bits == Long.SIZE) {
                    return new Scalar(value, value);
                }
                long own = value & ((1L << bits) - 1);
                return switch (random.nextInt(4)) {
                    case 0 -> new Scalar((int) value, value);
                    case 1 -> new Scalar((int) own, value);
                    case 2 -> new Scalar(own, value);
                    default -> new Scalar(value, value);
                };
            }
            case UNSIGNED -> {
                long value = random.nextLong() >>> (Long.SIZE - bits);
                return bits < Long.SIZE && random.nextBoolean()
                        ? new Scalar((int) value, unsigned(value))
                        : new Scalar(value, unsigned(value));
            }
            case FLOAT -> {
                float value = Float.intBitsToFloat(random.nextInt());
                return new Scalar(value, value);
            }
            case DOUBLE -> {
                double value = Double.longBitsToDouble(random.nextLong());
                return new Scalar(value, value);
            }
            case BOOLEAN -> {
                boolean value = random.nextBoolean();
                return new Scalar(value, value);
            }
            default -> {
                String value = text();
                return new Scalar(value, value);
            }
        }
    }

    /** Items as Sparkplug packs them. */
    private byte[] packed(DataType item, List<Object> items) {
        int count = random.nextInt(20);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (item == DataType.BOOLEAN) {
            byte[] octets = new byte[(count + 7) / 8];
            for (int i = 0; i < count; i++) {
                boolean is = random.nextBoolean();
                octets[i / 8] |= (byte) (is ? 0x80 >> (i % 8) : 0);
                items.add(is);
            }
            bytes.writeBytes(little(4).putInt(count).array());
            bytes.writeBytes(octets);
            return bytes.toByteArray();
        }
        for (int i = 0; i < count; i++) {
            Object value = scalar(item).plain();
            items.add(value);
            if (value instanceof String text) {
                bytes.writeBytes(text.getBytes(UTF_8));
                bytes.write(0);
            } else if (value instanceof Float number) {
                bytes.writeBytes(little(4).putFloat(number).array());
            } else if (value instanceof Double number) {
                bytes.writeBytes(little(8).putDouble(number).array());
            } else {
                byte[] all = little(8).putLong(((Number) value).longValue()).array();
                bytes.write(all, 0, item.bits() / 8);
            }
        }
        return bytes.toByteArray();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private DataType scalarType() {
        DataType type = DataType.of(1 + random.nextInt(DataType.UUID.code()));
        return type == null ? DataType.INT8 : type;
    }

    private DataSet table(Map<String, Object> plain) {
        DataSet.Builder table = DataSet.newBuilder();
        List<DataType> types = new ArrayList<>();
        List<Object> columns = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            DataType type = scalarType();
            types.add(type);
            table.addColumns("c" + i).addTypes(type.code());
            columns.add(Map.of("name", "c" + i, "datatype", type.label()));
        }
        table.setNumOfColumns(count);
        List<Object> rows = new ArrayList<>();
        int rowCount = random.nextInt(4);
        for (int i = 0; i < rowCount; i++) {
            DataSet.Row.Builder row = DataSet.Row.newBuilder();
            List<@Nullable Object> cells = new ArrayList<>();
            for (DataType type : types) {
                row.addElements(cell(random.nextInt(5) == 0 ? null : scalar(type), cells));
            }
            table.addRows(row);
            rows.add(cells);
        }
        plain.put("columns", columns);
        plain.put("rows", rows);
        return table.build();
    }

    private static DataSetValue cell(@Nullable Scalar scalar, List<@Nullable Object> cells) {
        DataSetValue.Builder cell = DataSetValue.newBuilder();
        cells.add(scalar == null ? null : scalar.plain());
        Object wire = scalar == null ? null : scalar.wire();
        if (wire instanceof Integer number) {
            cell.setIntValue(number);
        } else if (wire instanceof Long number) {
            cell.setLongValue(number);
        } else if (wire instanceof Float number) {
            cell.setFloatValue(number);
        } else if (wire instanceof Double number) {
            cell.setDoubleValue(number);
        } else if (wire instanceof Boolean is) {
            cell.setBooleanValue(is);
        } else if (wire instanceof String text) {
            cell.setStringValue(text);
        }
        return cell.build();
    }

    private Template template(Map<String, Object> plain, int depth) {
        Template.Builder template = Template.newBuilder().setTemplateRef(text());
        plain.put("templateRef", template.getTemplateRef());
        plain.put("isDefinition", false);
        List<Map<String, Object>> members = new ArrayList<>();
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            template.addMetrics(metric(members, depth));
        }
        plain.put("metrics", members);
        plain.put("parameters", List.of());
        return template.build();
    }

    private PropertySet properties(Map<String, Object> plain, int depth) {
        PropertySet.Builder set = PropertySet.newBuilder();
        List<Object> all = new ArrayList<>();
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            PropertyValue.Builder property = PropertyValue.newBuilder();
            Map<String, Object> expected = new LinkedHashMap<>();
            String key = text();
            expected.put("key", key);
            expected.put("isNull", false);
            if (depth < DEPTH_MAX && random.nextInt(4) == 0) {
                Map<String, Object> inner = new LinkedHashMap<>();
                property.setType(DataType.PROPERTY_SET_LIST.code())
                        .setPropertysetsValue(
                                Payload.PropertySetList.newBuilder().addPropertyset(properties(inner, depth + 1)));
                expected.put("datatype", "PropertySetList");
                expected.put("value", Map.of("sets", List.of(inner)));
            } else {
                boolean is = random.nextBoolean();
                property.setType(DataType.BOOLEAN.code()).setBooleanValue(is);
                expected.put("datatype", "Boolean");
                expected.put("value", is);
            }
            set.addKeys(key).addValues(property);
            all.add(expected);
        }
        plain.put("properties", all);
        return set.build();
    }
}
