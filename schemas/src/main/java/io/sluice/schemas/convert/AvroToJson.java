package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.avro.Schema;

/**
 * Avro's binary encoding to plain JSON, by the schema that it was written with, and whether bytes are such at all. The
 * reverse of {@link JsonToAvro}: unions without the names of their branches, bytes as Base64, times as ISO 8601. Safe
 * for all threads.
 */
public final class AvroToJson {

    private static final JsonFactory JSON = new JsonFactory();

    private final ValueReader root;
    private final ConvertLimits limits;

    public AvroToJson(Schema schema, ConvertLimits limits) {
        this.limits = limits;
        root = new ReaderCompiler().reader(schema);
    }

    /**
     * Converts a value.
     *
     * @param from where in the bytes it begins; it goes on to their end
     * @throws MisfitException when the bytes are not of the schema, or JSON has no word for a value
     */
    public byte[] convert(byte[] avro, int from) throws MisfitException {
        AvroInput in = input(avro, from);
        BoundedOutput json = new BoundedOutput(limits.bytesMax());
        try (JsonGenerator out = JSON.createGenerator(json)) {
            root.read(in, out);
            atEnd(in);
        } catch (AvroInput.Malformed malformed) {
            throw misfit(in, malformed);
        } catch (AvroBuffer.Full full) {
            throw MisfitException.misfit(
                    in.path.toString(), "too much", "at most " + limits.bytesMax() + " bytes of JSON");
        } catch (IOException e) {
            throw MisfitException.misfit(
                    in.path.toString(), Shown.shortened(String.valueOf(e.getMessage()), Shown.WORDS_MAX), "a value");
        }
        return json.toByteArray();
    }

    /**
     * Checks that the bytes are a value of the schema, and nothing more.
     *
     * @param from where in the bytes it begins
     * @throws MisfitException when they are not
     */
    public void check(byte[] avro, int from) throws MisfitException {
        AvroInput in = input(avro, from);
        try {
            root.check(in);
            atEnd(in);
        } catch (AvroInput.Malformed malformed) {
            throw misfit(in, malformed);
        }
    }

    private AvroInput input(byte[] avro, int from) throws MisfitException {
        if (from > avro.length) {
            throw MisfitException.malformed("$", avro.length + " bytes", "at least " + from);
        }
        return new AvroInput(avro, from, limits);
    }

    private static void atEnd(AvroInput in) {
        if (in.left() > 0) {
            throw new AvroInput.Malformed(in.left() + " bytes more", "the end of the payload");
        }
    }

    private static MisfitException misfit(AvroInput in, AvroInput.Malformed malformed) {
        return MisfitException.misfit(in.path.toString(), malformed.found(), malformed.expected());
    }

    /** Names and escapes make much JSON of a few bytes of Avro. */
    private static final class BoundedOutput extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        private final int bytesMax;

        BoundedOutput(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            if (bytes.size() + (long) length > bytesMax) {
                throw new AvroBuffer.Full();
            }
            bytes.write(from, offset, length);
        }

        byte[] toByteArray() {
            return bytes.toByteArray();
        }
    }
}
