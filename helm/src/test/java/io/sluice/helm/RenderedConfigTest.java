package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigProblem;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.LoadedConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sluice.yaml of every supported installation is one that the server takes. */
final class RenderedConfigTest {

    /**
     * What the chart says and the server refuses as planned. Nothing else may be wrong; and what the server has learnt is
     * to be taken out of here.
     */
    private static final List<String> NOT_YET = List.of("management.console");

    /** Of the server's own tests. */
    private static final Path CERTIFICATES = Path.of("../bridge-app/src/test/resources/tls");

    private static final Chart CHART = Chart.copy("config");

    @TempDir
    Path secrets = Path.of(".");

    static Stream<Path> supported() {
        return Chart.supported().stream();
    }

    @ParameterizedTest
    @MethodSource("supported")
    void nothingIsWrongButWhatTheServerIsToLearn(Path values) {
        LoadedConfig loaded = load(CHART.render(List.of(values)).sluiceYaml());

        assertThat(loaded.problems())
                .filteredOn(problem -> problem.error() && !(isNotYet(problem) && NOT_YET.contains(problem.path())))
                .isEmpty();
    }

    @Test
    void whatTheServerHasLearntIsNoExceptionAnyMore() {
        TreeSet<String> refused = new TreeSet<>();
        supported()
                .flatMap(values -> load(CHART.render(List.of(values)).sluiceYaml()).problems().stream())
                .filter(RenderedConfigTest::isNotYet)
                .forEach(problem -> refused.add(problem.path()));

        assertThat(refused).containsExactlyElementsOf(NOT_YET);
    }

    /** With what the server knows today, an installation of each kind of Kafka starts. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {
                "kafka: {bootstrapServers: \"kafka:9092\"}",
                "kafka: {embedded: {enabled: true}}",
                "kafka: {bootstrapServers: \"kafka:9092\"}\nconfig: {schema-registry: {url: \"https://registry:8081\"}, ingress:"
                        + " [{name: r, filter: \"r/#\", topic: r, format: {type: json-to-avro}, dead-letter: r.dlq}]}",
                "kafka: {strimzi: {cluster: c, user: u}}",
                "kafka: {strimzi: {cluster: c, user: u}, security: {protocol: SASL_SSL}}",
                "kafka: {bootstrapServers: \"k:1\", security: {protocol: SASL_SSL, sasl: {mechanism: OAUTHBEARER},"
                        + " oauth: {tokenEndpoint: \"https://t\", clientId: c, existingSecret: s}}}"
            })
    void itIsUsableWithoutWhatIsToCome(String kafka) {
        String yaml = CHART.render(kafka, "logging: {format: text}", "tracing: {endpoint: \"http://collector:4318\"}")
                .sluiceYaml();

        LoadedConfig loaded = load(yaml);

        assertThat(loaded.problems()).filteredOn(ConfigProblem::error).isEmpty();
        assertThat(loaded.isUsable()).isTrue();
        assertThat(loaded.usable().kafka().isEmbedded()).isEqualTo(kafka.contains("embedded"));
    }

    /** What may stand in `config` is what the server knows, or will. */
    @Test
    void theSchemaKnowsTheSectionsOfTheConfiguration() {
        Map<String, Object> schema = Yaml.map(Chart.SOURCE.resolve("values.schema.json"));
        List<String> sections = Yaml.read(Path.of("../docs/reference/configuration.md"))
                .lines()
                .filter(line -> line.startsWith("## `"))
                .map(line -> line.substring(4, line.length() - 1))
                .toList();

        assertThat(sections).isNotEmpty();
        assertThat(Yaml.at(schema, "properties.config.propertyNames.enum"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsAll(sections)
                .filteredOn(section -> !sections.contains(section))
                .allSatisfy(section -> assertThat(load("{" + section + ": {}}").problems())
                        .anySatisfy(problem -> assertThat(problem.message()).contains("not supported yet")));
    }

    private static boolean isNotYet(ConfigProblem problem) {
        return problem.error() && problem.message().contains("not supported yet");
    }

    /** The files that Secrets become stand in a folder of the test's. */
    private LoadedConfig load(String sluiceYaml) {
        for (String name : List.of("password", "client-secret", "tls.crt", "tls.key", "ca.crt")) {
            Chart.write(secrets.resolve("kafka").resolve(name), "secret\n");
        }
        for (String listener : List.of("mqtts", "wss")) {
            Path certificates = secrets.resolve("certs").resolve(listener);
            Chart.write(certificates.resolve("tls.crt"), Yaml.read(CERTIFICATES.resolve("server.crt")));
            Chart.write(certificates.resolve("tls.key"), Yaml.read(CERTIFICATES.resolve("server.key")));
            Chart.write(certificates.resolve("ca.crt"), Yaml.read(CERTIFICATES.resolve("ca.crt")));
        }
        Chart.write(secrets.resolve("auth/users"), Yaml.read(CERTIFICATES.resolve("users")));
        Chart.write(secrets.resolve("management/admins"), Yaml.read(CERTIFICATES.resolve("users")));
        Path file = Chart.write(
                secrets.resolve("sluice.yaml"),
                sluiceYaml.replace("/secrets/", secrets + "/").replace("/certs/", secrets + "/certs/"));
        return ConfigLoader.load(new ConfigSources(List.of(file.toString()), Map.of(), Map.of(), true, 460L << 20));
    }
}
