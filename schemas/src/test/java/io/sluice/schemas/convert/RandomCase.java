package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/**
 * A random schema, a document that fits it, what must come back of it, and places that can be spoiled. A union has at
 * most one branch for each kind of JSON, so that it is certain which one is meant.
 */
public final class RandomCase {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEPTH_MAX = 3;

    /**
     * A value that can be replaced by one that does not fit.
     *
     * @param path where
     * @param spoil puts another value there
     * @param schema what fits
     */
    public record Place(String path, Consumer<JsonNode> spoil, Schema schema) {}

    /** A value, and what comes back of it. */
    private record Pair(JsonNode sent, JsonNode back) {}

    private final Random random;
    private final List<Place> places = new ArrayList<>();
    private int names;
    private final Schema schema;
    private final JsonNode sent;
    private final JsonNode back;

    public RandomCase(long seed) {
        random = new Random(seed);
        schema = record(0);
        Pair pair = value(schema, "$");
        sent = pair.sent();
        back = pair.back();
    }

    public Schema schema() {
        return schema;
    }

    public JsonNode sent() {
        return sent;
    }

    public JsonNode back() {
        return back;
    }

    public List<Place> places() {
        return places;
    }

    /** A value that nothing in the schema takes, or the missing node when it takes everything. */
    public static JsonNode strange(Schema schema) {
        List<Schema> branches = schema.isUnion() ? schema.getTypes() : List.of(schema);
        List<Schema.Type> types = branches.stream().map(Schema::getType).toList();
        if (!types.contains(Schema.Type.BOOLEAN)) {
            return JSON.booleanNode(true);
        }
        // No Base64, no symbol, no number, no time.
        return types.contains(Schema.Type.STRING) ? JSON.missingNode() : JSON.textNode("?!");
    }

    private Schema schema(int depth) {
        int kind = random.nextInt(depth < DEPTH_MAX ? 10 : 6);
        return switch (kind) {
            case 0 -> Schema.create(Schema.Type.BOOLEAN);
            case 1, 2 -> number();
            case 3, 4, 5 -> text();
            case 6 -> Schema.createArray(schema(depth + 1));
            case 7 -> Schema.createMap(schema(depth + 1));
            case 8 -> record(depth + 1);
            default -> union(depth + 1);
        };
    }

    private Schema number() {
        return switch (random.nextInt(5)) {
            case 0 -> Schema.create(Schema.Type.INT);
            case 1 -> Schema.create(Schema.Type.LONG);
            case 2 -> Schema.create(Schema.Type.FLOAT);
            case 3 -> LogicalTypes.decimal(12, 4).addToSchema(Schema.create(Schema.Type.BYTES));
            default -> Schema.create(Schema.Type.DOUBLE);
        };
    }

    private Schema text() {
        return switch (random.nextInt(5)) {
            case 0 -> Schema.createEnum("E" + names++, null, null, List.of("ON", "OFF", "BROKEN"));
            case 1 -> Schema.create(Schema.Type.BYTES);
            case 2 -> Schema.createFixed("F" + names++, null, null, 5);
            case 3 -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
            default -> Schema.create(Schema.Type.STRING);
        };
    }

    private Schema union(int depth) {
        List<Schema> branches = new ArrayList<>();
        if (random.nextBoolean()) {
            branches.add(Schema.create(Schema.Type.NULL));
        }
        if (random.nextBoolean()) {
            branches.add(Schema.create(Schema.Type.BOOLEAN));
        }
        if (random.nextBoolean()) {
            branches.add(random.nextBoolean() ? Schema.create(Schema.Type.LONG) : Schema.create(Schema.Type.DOUBLE));
        }
        if (random.nextBoolean()) {
            branches.add(Schema.create(Schema.Type.STRING));
        }
        if (depth < DEPTH_MAX && random.nextBoolean()) {
            branches.add(random.nextBoolean() ? record(depth + 1) : Schema.createMap(schema(depth + 1)));
        }
        branches.add(Schema.createArray(Schema.create(Schema.Type.INT)));
        return Schema.createUnion(branches);
    }

    private Schema record(int depth) {
        SchemaBuilder.FieldAssembler<Schema> fields =
                SchemaBuilder.record("R" + names++).fields();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(5) == 0) {
                fields = fields.name("d" + i).type().longType().longDefault(random.nextInt());
            } else {
                fields = fields.name("f" + i).type(schema(depth)).noDefault();
            }
        }
        return fields.endRecord();
    }

    private Pair value(Schema of, String path) {
        if (of.getLogicalType() != null) {
            return logical(of);
        }
        return switch (of.getType()) {
            case RECORD -> recordValue(of, path);
            case ARRAY -> arrayValue(of, path);
            case MAP -> mapValue(of, path);
            case UNION -> value(of.getTypes().get(random.nextInt(of.getTypes().size())), path);
            case NULL -> same(JSON.nullNode());
            case BOOLEAN -> same(JSON.booleanNode(random.nextBoolean()));
            case INT -> whole(random.nextInt());
            case LONG -> whole(random.nextLong() >> random.nextInt(60));
            case FLOAT -> same(JSON.numberNode(new BigDecimal(Float.toString(random.nextFloat() * 1_000))));
            case DOUBLE -> same(JSON.numberNode(new BigDecimal(Double.toString(random.nextGaussian() * 1e6))));
            case STRING -> same(JSON.textNode(text(random.nextInt(12))));
            case ENUM ->
                same(JSON.textNode(of.getEnumSymbols()
                        .get(random.nextInt(of.getEnumSymbols().size()))));
            case BYTES -> bytes(random.nextInt(20));
            case FIXED -> bytes(of.getFixedSize());
        };
    }

    private static Pair same(JsonNode value) {
        return new Pair(value, value);
    }

    /** Some devices write whole numbers with a fraction of zero. */
    private Pair whole(long value) {
        JsonNode plain = JSON.numberNode(value);
        return random.nextInt(4) == 0
                ? new Pair(
                        JSON.numberNode(new BigDecimal(BigInteger.valueOf(value).multiply(BigInteger.TEN), 1)), plain)
                : same(plain);
    }

    private Pair bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return same(JSON.textNode(Base64.getEncoder().encodeToString(bytes)));
    }

    private Pair logical(Schema of) {
        if (of.getLogicalType() instanceof LogicalTypes.Decimal) {
            BigDecimal value =
                    new BigDecimal(BigInteger.valueOf(random.nextInt(199_999_998) - 99_999_999), random.nextInt(5));
            return new Pair(
                    random.nextBoolean() ? JSON.numberNode(value) : JSON.textNode(value.toString()),
                    JSON.numberNode(value));
        }
        long millis = random.nextLong() >> (10 + random.nextInt(30));
        JsonNode iso = JSON.textNode(Instant.ofEpochMilli(millis).toString());
        return new Pair(random.nextBoolean() ? JSON.numberNode(millis) : iso, iso);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> 0x20 + random.nextInt(0x5F);
                        case 1 -> random.nextInt(0x20);
                        case 2 -> 0xA0 + random.nextInt(0x2000);
                        default -> 0x1F300 + random.nextInt(0x200);
                    });
        }
        return text.toString();
    }

    private Pair recordValue(Schema of, String path) {
        ObjectNode object = JSON.objectNode();
        ObjectNode expected = JSON.objectNode();
        for (Schema.Field field : of.getFields()) {
            String name = field.name();
            if (field.hasDefaultValue() && random.nextBoolean()) {
                expected.put(name, ((Number) field.defaultVal()).longValue());
                continue;
            }
            Pair pair = value(field.schema(), path + "." + name);
            object.set(name, pair.sent());
            expected.set(name, pair.back());
            places.add(new Place(path + "." + name, other -> object.set(name, other), field.schema()));
        }
        if (random.nextInt(4) == 0) {
            object.put("unknown", random.nextInt());
        }
        return new Pair(object, expected);
    }

    private Pair arrayValue(Schema of, String path) {
        ArrayNode array = JSON.arrayNode();
        ArrayNode expected = JSON.arrayNode();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int index = i;
            Pair pair = value(of.getElementType(), path + "[" + i + "]");
            array.add(pair.sent());
            expected.add(pair.back());
            places.add(new Place(path + "[" + i + "]", other -> array.set(index, other), of.getElementType()));
        }
        return new Pair(array, expected);
    }

    private Pair mapValue(Schema of, String path) {
        ObjectNode object = JSON.objectNode();
        ObjectNode expected = JSON.objectNode();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String name = random.nextBoolean() ? "k" + i : "a key " + i;
            String at = name.startsWith("k") ? path + "." + name : path + "['" + name + "']";
            Pair pair = value(of.getValueType(), at);
            object.set(name, pair.sent());
            expected.set(name, pair.back());
            places.add(new Place(at, other -> object.set(name, other), of.getValueType()));
        }
        return new Pair(object, expected);
    }
}
