package io.sluice.kafka.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.schemas.convert.AvroToJson;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonSchemaCheck;
import io.sluice.schemas.convert.JsonToAvro;
import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import io.sluice.schemas.convert.MisfitException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * A schema that payloads are checked against, made ready once. Immutable; safe for all threads.
 *
 * <p>Its values begin with what tells readers the schema: with an id in a registry by magic byte 0 and the id, without
 * one as Avro's single-object encoding says, by two bytes and the fingerprint.
 */
public final class KnownSchema {

    /** No id: the schema is in no registry. */
    public static final int NO_ID = -1;

    static final byte MAGIC = 0;
    static final int ID_PREFIX_BYTES = 5;
    static final int FINGERPRINT_PREFIX_BYTES = 10;
    private static final byte SINGLE_OBJECT_1 = (byte) 0xC3;
    private static final byte SINGLE_OBJECT_2 = 0x01;

    private final String name;
    private final int id;
    private final byte[] prefix;
    private final long fingerprint;
    private final @Nullable Schema schema;
    private final @Nullable JsonToAvro lenient;
    private final @Nullable JsonToAvro strict;
    private final @Nullable AvroToJson reader;
    private final @Nullable JsonSchemaCheck jsonSchema;

    private KnownSchema(
            String name, int id, @Nullable Schema schema, @Nullable JsonSchemaCheck jsonSchema, ConvertLimits limits) {
        this.name = name;
        this.id = id;
        this.schema = schema;
        this.jsonSchema = jsonSchema;
        lenient = schema == null ? null : new JsonToAvro(schema, UnknownFields.IGNORE, limits);
        strict = schema == null ? null : new JsonToAvro(schema, UnknownFields.REJECT, limits);
        reader = schema == null ? null : new AvroToJson(schema, limits);
        byte[] fingerprinted = schema == null ? new byte[0] : fingerprinted(schema);
        fingerprint = schema == null ? 0 : fingerprintOf(fingerprinted);
        prefix = schema == null || id == NO_ID ? fingerprinted : identified(id);
    }

    /**
     * An Avro schema.
     *
     * @param name its subject, or what it is called in messages
     * @throws org.apache.avro.SchemaParseException when the text is none
     */
    public static KnownSchema avro(String name, int id, String text, ConvertLimits limits) {
        return avro(name, id, text, SchemaReferences.NONE, limits);
    }

    /** The same with the schemas that it refers to. */
    static KnownSchema avro(String name, int id, String text, SchemaReferences.Resolved others, ConvertLimits limits) {
        Schema.Parser parser = new Schema.Parser();
        for (String other : others.inOrder()) {
            var unused = parser.parse(other);
        }
        return new KnownSchema(name, id, parser.parse(text), null, limits);
    }

    /**
     * A JSON Schema.
     *
     * @throws IllegalArgumentException when the text is none
     */
    public static KnownSchema json(String name, int id, String text, ConvertLimits limits) {
        return json(name, id, text, SchemaReferences.NONE, limits);
    }

    /** The same with the schemas that it refers to. */
    static KnownSchema json(String name, int id, String text, SchemaReferences.Resolved others, ConvertLimits limits) {
        return new KnownSchema(name, id, null, new JsonSchemaCheck(text, others.byName(), limits), limits);
    }

    private static byte[] identified(int id) {
        return ByteBuffer.allocate(ID_PREFIX_BYTES).put(MAGIC).putInt(id).array();
    }

    private static byte[] fingerprinted(Schema schema) {
        try {
            return ByteBuffer.allocate(FINGERPRINT_PREFIX_BYTES)
                    .put(SINGLE_OBJECT_1)
                    .put(SINGLE_OBJECT_2)
                    .put(SchemaNormalization.parsingFingerprint("CRC-64-AVRO", schema))
                    .array();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The id in front of the value, or {@link #NO_ID} when there is none. */
    static int idOf(byte[] value) {
        return value.length >= ID_PREFIX_BYTES && value[0] == MAGIC
                ? ByteBuffer.wrap(value).getInt(1)
                : NO_ID;
    }

    /** Whether the value begins as single-object encoding does. */
    static boolean isFingerprinted(byte[] value) {
        return value.length >= FINGERPRINT_PREFIX_BYTES && value[0] == SINGLE_OBJECT_1 && value[1] == SINGLE_OBJECT_2;
    }

    /** The fingerprint in front of such a value. */
    static long fingerprintOf(byte[] value) {
        return ByteBuffer.wrap(value).getLong(2);
    }

    /** The fingerprint that is in front of its values, without an id. */
    long fingerprint() {
        return fingerprint;
    }

    String name() {
        return name;
    }

    /** Its id in the registry, or {@link #NO_ID}. */
    public int id() {
        return id;
    }

    /** The Avro schema, or null for a JSON Schema. */
    @Nullable
    Schema schema() {
        return schema;
    }

    /** What stands in front of its values. */
    byte[] prefix() {
        return prefix;
    }

    /** A document as a value, with its prefix. */
    byte[] fromJson(JsonNode document, int documentBytes, boolean rejectsUnknown) throws MisfitException {
        JsonToAvro converter = rejectsUnknown ? strict : lenient;
        if (converter == null) {
            throw noAvro();
        }
        return prefixed(converter.convert(document, documentBytes, prefix.length));
    }

    /** The same with what is no document yet. */
    byte[] fromJson(byte[] json, boolean rejectsUnknown) throws MisfitException {
        JsonToAvro converter = rejectsUnknown ? strict : lenient;
        if (converter == null) {
            throw noAvro();
        }
        return prefixed(converter.convert(json, prefix.length));
    }

    private byte[] prefixed(byte[] value) {
        System.arraycopy(prefix, 0, value, 0, prefix.length);
        return value;
    }

    /** Bare Avro as a value, with its prefix, once it is checked. */
    byte[] fromAvro(byte[] avro) throws MisfitException {
        checkAvro(avro, 0);
        byte[] value = new byte[prefix.length + avro.length];
        System.arraycopy(avro, 0, value, prefix.length, avro.length);
        return prefixed(value);
    }

    void checkAvro(byte[] value, int from) throws MisfitException {
        reader().check(value, from);
    }

    byte[] toJson(byte[] value, int from) throws MisfitException {
        return reader().convert(value, from);
    }

    void checkJson(byte[] json) throws MisfitException {
        if (jsonSchema == null) {
            throw new IllegalStateException(name + " is no JSON Schema");
        }
        jsonSchema.check(json);
    }

    boolean isJsonSchema() {
        return jsonSchema != null;
    }

    private AvroToJson reader() throws MisfitException {
        if (reader == null) {
            throw noAvro();
        }
        return reader;
    }

    private static IllegalStateException noAvro() {
        return new IllegalStateException("a JSON Schema where an Avro schema was asked for");
    }
}
