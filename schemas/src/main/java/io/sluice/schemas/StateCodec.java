package io.sluice.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Encodes one kind of state record in Avro's single-object encoding: two marker bytes, the schema's fingerprint, the
 * value. A reader that knows the writer's schema by its fingerprint resolves it to its own, so that instances of
 * different versions read one another. Safe for all threads.
 *
 * @param <T> the generated record
 */
public final class StateCodec<T extends SpecificRecord> {

    private static final String OUR_RECORDS = "io.sluice.schemas.state.";

    static {
        // Avro makes instances only of classes that are trusted by name: ours are, beside its own defaults.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(OUR_RECORDS)));
    }

    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    /**
     * @param current the schema that is written
     * @param history every schema that was ever written for this kind of record
     */
    public StateCodec(Schema current, List<Schema> history) {
        SpecificData data = SpecificData.getForSchema(current);
        encoder = new BinaryMessageEncoder<>(data, current);
        decoder = new BinaryMessageDecoder<>(data, current);
        history.forEach(decoder::addSchema);
    }

    public byte[] encode(T record) {
        try {
            return encoder.encode(record).array();
        } catch (IOException e) {
            throw new UncheckedIOException("encoding " + record.getSchema().getFullName(), e);
        }
    }

    /**
     * The record in these bytes.
     *
     * @throws IOException when they are no single-object encoding, or of a schema that is not known
     */
    public T decode(byte[] bytes) throws IOException {
        return decoder.decode(bytes);
    }
}
