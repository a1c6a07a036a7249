package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.avro.Schema;

/**
 * JSON as devices send it to Avro's binary encoding, by one schema. Safe for all threads.
 *
 * <p>Values are plain: a member of a union is not wrapped into the name of its branch, the first branch that fits is
 * taken, in the schema's order; bytes and fixed, which are Base64, after the others. Numbers are widened and never
 * rounded. A field that is not there has the schema's default, or is a misfit. Dates, times and timestamps are ISO 8601
 * or the number in the schema's unit, decimals are numbers or text.
 */
public final class JsonToAvro {

    /** What happens to members of an object that the schema does not name. */
    public enum UnknownFields {
        IGNORE,
        REJECT
    }

    private final ValueWriter root;
    private final JsonDocument documents;
    private final UnknownFields unknown;
    private final ConvertLimits limits;

    public JsonToAvro(Schema schema, UnknownFields unknown, ConvertLimits limits) {
        this.unknown = unknown;
        this.limits = limits;
        root = new WriterCompiler().writer(schema);
        documents = new JsonDocument(limits);
    }

    /**
     * Converts a document.
     *
     * @param headroom bytes to leave free at the beginning, for whoever frames the result
     * @throws MisfitException when it is no JSON, or not as the schema wants it
     */
    public byte[] convert(byte[] json, int headroom) throws MisfitException {
        return convert(documents.read(json), json.length, headroom);
    }

    /**
     * Converts a document that was read already.
     *
     * @param documentBytes its size
     * @param headroom bytes to leave free at the beginning, for whoever frames the result
     * @throws MisfitException when it is not as the schema wants it
     */
    public byte[] convert(JsonNode document, int documentBytes, int headroom) throws MisfitException {
        AvroBuffer out = new AvroBuffer(documentBytes, headroom, limits.bytesMax());
        Conversion conversion =
                new Conversion(out, documentBytes, unknown == UnknownFields.REJECT, limits.misfitsMax());
        try {
            root.write(document, conversion);
        } catch (AvroBuffer.Full full) {
            throw MisfitException.misfit(
                    conversion.path.toString(), "too much", "at most " + limits.bytesMax() + " bytes of Avro");
        } catch (Conversion.TooManySteps tooMany) {
            throw MisfitException.misfit("$", "too many ways to read it", "a document whose unions are clear");
        }
        if (!conversion.fits()) {
            throw new MisfitException(false, conversion.misfits());
        }
        return out.toByteArray();
    }

    /**
     * Reads a document without converting it.
     *
     * @throws MisfitException when it is no JSON, or beyond the limits
     */
    public JsonNode read(byte[] json) throws MisfitException {
        return documents.read(json);
    }
}
