package io.sluice.kafka.format;

import static io.sluice.kafka.format.RegistryServer.json;
import static io.sluice.kafka.format.RegistryServer.schema;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.schemas.convert.ConvertLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schemas of a registry that refer to others. */
final class SchemaReferencesTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RegistryServer server = new RegistryServer();
    private final SchemaRegistry registry = new SchemaRegistry(
            new RegistrySettings(server.base(), null, null, Duration.ofSeconds(5), Duration.ofMinutes(5), false),
            ConvertLimits.DEFAULTS,
            System::nanoTime,
            meters);

    @AfterEach
    void close() {
        registry.close();
        server.close();
    }

    /** One reference after the other. */
    private static String references(String... subjects) {
        List<String> all = new ArrayList<>();
        for (String subject : subjects) {
            all.add("{\"name\": \"acme." + subject + "\", \"subject\": \"" + subject + "\", \"version\": 1}");
        }
        return ", \"references\": [" + String.join(",", all) + "]";
    }

    private static String record(String name, String... fields) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            all.add("{\"name\": \"f" + i + "\", \"type\": \"" + fields[i] + "\"}");
        }
        return "{\"type\": \"record\", \"name\": \"" + name + "\", \"namespace\": \"acme\", \"fields\": ["
                + String.join(",", all) + "]}";
    }

    private void version(String subject, String text, String more) {
        server.on("/subjects/" + subject + "/versions/1", schema(subject.hashCode() & 0xFFFF, text, more));
    }

    private Lookup newest(String subject) throws Exception {
        Lookup lookup = registry.bySubject(subject, SchemaSource.LATEST);
        while (lookup instanceof Lookup.Pending pending) {
            pending.until().toCompletableFuture().get(10, TimeUnit.SECONDS);
            lookup = registry.bySubject(subject, SchemaSource.LATEST);
        }
        return lookup;
    }

    private void latest(String subject, String text, String more) {
        server.on("/subjects/" + subject + "/versions/latest", schema(1, text, more));
    }

    private static String detail(Lookup lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Missing.class);
        return ((Lookup.Missing) lookup).detail();
    }

    @Test
    void theyAreFetchedOnceEachAndParsedInOrder() throws Exception {
        latest("plant", record("plant", "acme.site", "acme.meter"), references("site", "meter"));
        version("site", record("site", "acme.place"), references("place"));
        version("meter", record("meter", "acme.place", "double"), references("place"));
        version("place", record("place", "string"), "");

        Lookup lookup = newest("plant");

        assertThat(lookup).isInstanceOf(Lookup.Found.class);
        KnownSchema plant = ((Lookup.Found) lookup).schema();
        byte[] value = plant.fromJson(
                "{\"f0\": {\"f0\": {\"f0\": \"north\"}}, \"f1\": {\"f0\": {\"f0\": \"hall\"}, \"f1\": 1.5}}"
                        .getBytes(UTF_8),
                true);
        assertThat(new String(plant.toJson(value, KnownSchema.ID_PREFIX_BYTES), UTF_8))
                .isEqualTo("{\"f0\":{\"f0\":{\"f0\":\"north\"}},\"f1\":{\"f0\":{\"f0\":\"hall\"},\"f1\":1.5}}");
        assertThat(server.requests()).as("the diamond is one place").hasSize(4);
    }

    @Test
    void aSchemaByItsIdHasThemToo() throws Exception {
        server.on(
                "/schemas/ids/3",
                json(
                        200,
                        "{\"schema\": " + RegistryServer.quoted(record("outer", "acme.inner")) + references("inner")
                                + "}"));
        version("inner", record("inner", "int"), "");
        EgressFormat format = Fixture.egress(EgressFormat.Type.AVRO_TO_JSON, registry);
        byte[] value = {0, 0, 0, 0, 3, 14};

        EgressFormat.Unpacked unpacked = format.unpack(Fixture.message(value, null));
        while (unpacked instanceof EgressFormat.Unpacked.Held held) {
            held.until().toCompletableFuture().get(10, TimeUnit.SECONDS);
            unpacked = format.unpack(Fixture.message(value, null));
        }

        assertThat(unpacked).isInstanceOfSatisfying(EgressFormat.Unpacked.Done.class, done -> assertThat(
                        done.message().payload().utf8())
                .isEqualTo("{\"f0\":{\"f0\":7}}"));
    }

    @Test
    void thoseOfAJsonSchemaAreFoundByTheirNames() throws Exception {
        String name = "\"references\": [{\"name\": \"place.json\", \"subject\": \"place\", \"version\": 1}]";
        latest(
                "plant",
                "{\"properties\": {\"at\": {\"$ref\": \"place.json\"}}}",
                ", \"schemaType\": \"JSON\", " + name);
        version("place", "{\"type\": \"string\"}", ", \"schemaType\": \"JSON\"");
        assertThat(newest("plant")).isInstanceOf(Lookup.Found.class);
        IngressFormat format = Fixture.ingress(FormatSettings.of(FormatSettings.Type.JSON, "plant"), registry);

        assertThat(format.format(Fixture.message("{\"at\": \"hall\"}"), Fixture.READINGS, 0))
                .isInstanceOf(Formatted.Value.class);
        assertThat(format.format(Fixture.message("{\"at\": 7}"), Fixture.READINGS, 0))
                .isInstanceOfSatisfying(Formatted.Misfit.class, misfit -> assertThat(misfit.path())
                        .isEqualTo("$.at"));
    }

    @Test
    void oneThatIsMissingMakesTheSchemaOneThatCannotBeUsed() throws Exception {
        latest("plant", record("plant", "acme.site"), references("site"));

        assertThat(detail(newest("plant")))
                .isEqualTo("plant: no usable schema: refers to site version 1, which the registry does not have");
    }

    @Test
    void whileTheRegistryFailsNothingIsDecided() throws Exception {
        latest("plant", record("plant", "acme.site"), references("site"));
        server.on("/subjects/site/versions/1", json(503, ""), schema(9, record("site", "int")));

        assertThat(newest("plant")).isInstanceOf(Lookup.Found.class);

        assertThat(meters.get("sluice.schema.registry.requests")
                        .tag("outcome", "refused")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aCircleEnds() throws Exception {
        latest("a", record("a", "acme.b"), references("b"));
        version("b", record("b", "acme.c"), references("c"));
        version("c", record("c", "acme.b"), references("b"));

        assertThat(detail(newest("a"))).startsWith("a: no usable schema: ");
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void levelsAreBounded() throws Exception {
        int most = SchemaReferences.DEPTH_MAX;
        latest("fits", record("s0", "acme.s1"), references("s1"));
        for (int i = 1; i <= most; i++) {
            boolean isLast = i == most;
            version(
                    "s" + i,
                    record("s" + i, isLast ? "int" : "acme.s" + (i + 1)),
                    isLast ? "" : references("s" + (i + 1)));
        }
        version("s0", record("s0", "acme.s1"), references("s1"));

        assertThat(newest("fits")).isInstanceOf(Lookup.Found.class);
        server.on("/subjects/deep/versions/latest", schema(2, record("deep", "acme.s0"), references("s0")));
        assertThat(detail(newest("deep")))
                .isEqualTo("deep: no usable schema: references of more than 16 levels (expected: fewer)");
    }

    @Test
    void theirNumberIsBounded() throws Exception {
        String[] subjects = new String[SchemaReferences.SCHEMAS_MAX + 1];
        String[] fields = new String[subjects.length];
        for (int i = 0; i < subjects.length; i++) {
            subjects[i] = "s" + i;
            fields[i] = "acme.s" + i;
            version("s" + i, record("s" + i, "int"), "");
        }
        latest("wide", record("wide", fields), references(subjects));

        assertThat(detail(newest("wide")))
                .isEqualTo("wide: no usable schema: more than 100 references (expected: fewer)");
        assertThat(server.requests()).as("requests").hasSize(SchemaReferences.SCHEMAS_MAX + 1);
    }

    @Test
    void theirSizeIsBounded() throws Exception {
        String large = "{\"type\": \"enum\", \"name\": \"acme.%s\", \"doc\": \"" + "x".repeat(1_500_000)
                + "\", \"symbols\": [\"A\"]}";
        String[] subjects = {"a", "b", "c"};
        for (String subject : subjects) {
            version(subject, large.formatted(subject), "");
        }
        latest("large", record("large", "acme.a", "acme.b", "acme.c"), references(subjects));

        assertThat(detail(newest("large")))
                .isEqualTo("large: no usable schema: references of more than 4194304 characters (expected: fewer)");
    }

    @Test
    void aReferenceThatSaysNothingIsNone() throws Exception {
        latest("plant", record("plant", "int"), ", \"references\": [{\"name\": \"acme.x\"}]");

        assertThat(detail(newest("plant")))
                .isEqualTo("plant: no usable schema: a reference without subject or version");
    }
}
