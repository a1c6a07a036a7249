package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.InputStreamSource;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;

/**
 * Whether JSON is as a JSON Schema wants it: of the draft that {@code $schema} names, or 2020-12. A schema refers to
 * nothing but itself and the schemas that are given with it: nothing is fetched. Safe for all threads.
 */
public final class JsonSchemaCheck {

    private final JsonSchema schema;
    private final JsonDocument documents;
    private final ConvertLimits limits;

    /** @throws IllegalArgumentException when the text is no such schema */
    public JsonSchemaCheck(String text, ConvertLimits limits) {
        this(text, Map.of(), limits);
    }

    /**
     * @param others the schemas that it may refer to, by the names by which it does
     * @throws IllegalArgumentException when the text is no such schema
     */
    public JsonSchemaCheck(String text, Map<String, String> others, ConvertLimits limits) {
        this.limits = limits;
        documents = new JsonDocument(limits);
        try {
            JsonNode node = new ObjectMapper().readTree(text);
            SpecVersion.VersionFlag version = node.hasNonNull("$schema")
                    ? SpecVersion.VersionFlag.fromId(node.get("$schema").asText())
                            .orElseThrow(() -> new IllegalArgumentException("$schema: " + node.get("$schema")
                                    + " (expected: a draft of JSON Schema from 4 to 2020-12)"))
                    : SpecVersion.VersionFlag.V202012;
            SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                    .pathType(PathType.JSON_PATH)
                    .typeLoose(false)
                    .build();
            schema = JsonSchemaFactory.getInstance(
                            version,
                            builder -> builder.schemaLoaders(
                                    loaders -> loaders.add(iri -> source(iri.toString(), others))))
                    .getSchema(node, config);
            schema.initializeValidators();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        } catch (com.networknt.schema.JsonSchemaException e) {
            throw new IllegalArgumentException("no JSON Schema: " + e.getMessage(), e);
        }
    }

    private static InputStreamSource source(String iri, Map<String, String> others) {
        for (Map.Entry<String, String> other : others.entrySet()) {
            // A relative name stands behind the schema's own base.
            if (iri.equals(other.getKey()) || iri.endsWith("/" + other.getKey())) {
                return () -> new ByteArrayInputStream(other.getValue().getBytes(UTF_8));
            }
        }
        throw new IllegalArgumentException("refers to " + iri + " (expected: nothing outside of the schema)");
    }

    /** @throws MisfitException when the bytes are no JSON, or not as the schema wants it */
    public void check(byte[] json) throws MisfitException {
        JsonNode document = documents.read(json);
        List<Misfit> misfits = schema.validate(document).stream()
                .limit(limits.misfitsMax())
                .map(message -> misfit(document, message))
                .toList();
        if (!misfits.isEmpty()) {
            throw new MisfitException(false, misfits);
        }
    }

    private static Misfit misfit(JsonNode document, ValidationMessage message) {
        JsonNode found = message.getInstanceNode();
        return new Misfit(
                message.getInstanceLocation().toString(),
                Shown.of(found == null ? document : found),
                Shown.shortened(message.getError(), Shown.WORDS_MAX));
    }
}
