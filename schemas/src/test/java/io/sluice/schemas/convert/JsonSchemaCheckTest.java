package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonSchemaCheckTest {

    private static final String SCHEMA = """
            {"type": "object", "required": ["temp"], "properties": {
              "temp": {"type": "number", "maximum": 100},
              "list": {"type": "array", "items": {"type": "integer"}}}}
            """;

    private static MisfitException refused(String json) {
        JsonSchemaCheck check = new JsonSchemaCheck(SCHEMA, ConvertLimits.DEFAULTS);
        return catchThrowableOfType(MisfitException.class, () -> check.check(json.getBytes(UTF_8)));
    }

    @Test
    void whatTheSchemaWantsPasses() throws MisfitException {
        new JsonSchemaCheck(SCHEMA, ConvertLimits.DEFAULTS).check("{\"temp\": 21.5, \"list\": [1]}".getBytes(UTF_8));
    }

    @Test
    void whatItDoesNotIsNamedByItsPath() {
        MisfitException refused = refused("{\"temp\": 101, \"list\": [1, \"x\"]}");

        assertThat(refused.isMalformed()).isFalse();
        assertThat(refused.misfits().stream().map(Misfit::path)).containsExactlyInAnyOrder("$.temp", "$.list[1]");
        assertThat(refused("{}").misfits()).hasSize(1);
        assertThat(refused("{").isMalformed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"$id\": \"https://acme.example/schemas/plant.json\", "})
    void itRefersToThoseThatAreGivenWithIt(String id) throws MisfitException {
        JsonSchemaCheck check = new JsonSchemaCheck(
                "{" + id + "\"properties\": {\"at\": {\"$ref\": \"place.json\"}}}",
                Map.of("place.json", "{\"$ref\": \"name.json\"}", "name.json", "{\"type\": \"string\"}"),
                ConvertLimits.DEFAULTS);

        check.check("{\"at\": \"hall\"}".getBytes(UTF_8));
        MisfitException refused =
                catchThrowableOfType(MisfitException.class, () -> check.check("{\"at\": 7}".getBytes(UTF_8)));
        assertThat(refused.path()).isEqualTo("$.at");
    }

    @Test
    void aSchemaThatRefersToAnotherPlaceIsRefusedAndNothingIsFetched() {
        assertThatThrownBy(() ->
                        new JsonSchemaCheck("{\"$ref\": \"http://127.0.0.1:1/other.json\"}", ConvertLimits.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JsonSchemaCheck("{", ConvertLimits.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
