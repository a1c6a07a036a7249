package io.sluice.schemas.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Records as Avro's own decoder reads them, in plain maps and lists; bytes are in hexadecimal digits. */
final class Decoded {

    private static final Schema SCHEMA = schema();

    private Decoded() {}

    private static Schema schema() {
        try (InputStream in =
                Objects.requireNonNull(SparkplugCodec.class.getResourceAsStream("/io/sluice/schemas/sparkplug.avsc"))) {
            return new Schema.Parser().parse(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IOException when it is no record of the schema, or something is behind it */
    static Map<String, Object> record(byte[] avro) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(avro, null);
        GenericRecord record = new GenericDatumReader<GenericRecord>(SCHEMA).read(null, decoder);
        if (!decoder.isEnd()) {
            throw new IOException("more behind the record");
        }
        return map(record);
    }

    private static Map<String, Object> map(GenericRecord record) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Schema.Field field : record.getSchema().getFields()) {
            Object value = plain(record.get(field.pos()));
            if (value != null) {
                map.put(field.name(), value);
            }
        }
        return map;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof GenericRecord record) {
            return map(record);
        }
        if (value instanceof GenericFixed fixed) {
            return new BigInteger(fixed.bytes());
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return HexFormat.of().formatHex(bytes);
        }
        return value instanceof CharSequence || value instanceof org.apache.avro.generic.GenericEnumSymbol<?>
                ? value.toString()
                : value;
    }

    /** The metrics of such a record. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> metrics(Map<String, Object> record) {
        return (List<Map<String, Object>>) Objects.requireNonNull(record.get("metrics"));
    }
}
