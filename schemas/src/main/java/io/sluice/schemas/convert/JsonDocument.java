package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads JSON as strangers send it: one value, no name twice, nothing rounded, within limits. Safe for all threads. */
public final class JsonDocument {

    private static final int NUMBER_CHARACTERS_MAX = 400;

    private final ObjectReader reader;

    public JsonDocument(ConvertLimits limits) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depthMax())
                        .maxNumberLength(NUMBER_CHARACTERS_MAX)
                        .maxStringLength(limits.bytesMax())
                        .maxDocumentLength(limits.bytesMax())
                        .build())
                // Names are what anyone sends: they are not to stay in the process, nor to fill a table of it.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .build();
        reader = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .readerFor(JsonNode.class);
    }

    /**
     * The value in these bytes.
     *
     * @throws MisfitException when it is not JSON, or beyond the limits
     */
    public JsonNode read(byte[] json) throws MisfitException {
        try (JsonParser parser = reader.getFactory().createParser(json)) {
            try {
                JsonNode value = parser.nextToken() == null ? null : reader.readTree(parser);
                if (value == null) {
                    throw MisfitException.malformed("$", "nothing", "JSON");
                }
                if (parser.nextToken() != null) {
                    throw MisfitException.malformed("$", "more behind the end of it", "one JSON value");
                }
                return value;
            } catch (JsonProcessingException notJson) {
                throw MisfitException.malformed(
                        JsonPath.of(parser.getParsingContext()),
                        Shown.shortened(words(notJson), Shown.WORDS_MAX),
                        "JSON");
            }
        } catch (IOException unreadable) {
            throw MisfitException.malformed(
                    "$", Shown.shortened(String.valueOf(unreadable.getMessage()), Shown.WORDS_MAX), "JSON");
        }
    }

    /** Jackson's words without the place, which the path says, and without a dump of the source. */
    private static String words(JsonProcessingException failure) {
        String words = String.valueOf(failure.getOriginalMessage());
        int end = words.indexOf('\n');
        return end < 0 ? words : words.substring(0, end);
    }
}
