package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretsTest {

    private static final String SECRET = "correct horse";

    @TempDir
    Path folder = Path.of(".");

    @Test
    void placeholdersAreReplacedInValuesAndLeftInPrint() {
        String secret = Loading.file(folder, "secret", SECRET + "\n");
        String file = Loading.file(folder, "sluice.yaml", """
                kafka:
                  bootstrap-servers: ${env:KAFKA_HOST}:9092
                  properties:
                    sasl.jaas.config: 'Scram required username="u" password="${file:%s}";'
                    ssl.truststore.location: ${env:KAFKA_HOST}/$${x}
                """.formatted(secret));

        LoadedConfig loaded = Loading.load(List.of(file), Map.of("KAFKA_HOST", "kafka-7"), Map.of());

        assertThat(Loading.messages(loaded)).isEmpty();
        KafkaConfig kafka = loaded.usable().kafka();
        assertThat(String.valueOf(kafka.bootstrapServers())).isEqualTo("kafka-7:9092");
        assertThat(kafka.properties().values())
                .containsEntry("sasl.jaas.config", "Scram required username=\"u\" password=\"" + SECRET + "\";")
                .containsEntry("ssl.truststore.location", "kafka-7/${x}");
        assertThat(Loading.texts(loaded))
                .containsEntry("kafka.bootstrap-servers", "${env:KAFKA_HOST}:9092")
                .containsEntry("kafka.properties.sasl.jaas.config", Binder.MASK);
        assertThat(loaded.toString()).doesNotContain(SECRET);
    }

    @Test
    void aPasswordMayHaveAnyCharacter() {
        String password = "a\"b\\c;d'e\\n $1 ${x}";
        String secret = Loading.file(folder, "secret", password + "\n");
        String file = Loading.file(folder, "sluice.yaml", """
                kafka:
                  properties:
                    sasl.jaas.config: '%s required username="a\\"b" password="${file:%s}";'
                """.formatted(PlainLoginModule.class.getName(), secret));

        String jaas = Loading.files(file).usable().kafka().properties().values().get("sasl.jaas.config");

        assertThat(JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(jaas)))
                        .configurationEntries())
                .singleElement()
                .satisfies(login -> {
                    assertThat(login.getOptions().get("username")).isEqualTo("a\"b");
                    assertThat(login.getOptions().get("password")).isEqualTo(password);
                });
    }

    @Test
    void aWholeLoginConfigurationStandsAsItIs() {
        String jaas = "Scram required password=\"x\\\"y\";";
        String secret = Loading.file(folder, "jaas", jaas);
        String file = Loading.file(folder, "sluice.yaml", """
                kafka: {properties: {sasl.jaas.config: "${file:%s}"}}
                """.formatted(secret));

        assertThat(Loading.files(file).usable().kafka().properties().values()).containsEntry("sasl.jaas.config", jaas);
    }

    @Test
    void aPlaceholderThatStandsForNothingIsTold() {
        String file = Loading.file(folder, "sluice.yaml", """
                kafka:
                  properties:
                    a: ${file:/no/such/file}
                    b: ${env:NO_SUCH}
                    c: ${vault:x}
                    d: ${env:OPEN
                """);

        assertThat(Loading.messages(Loading.files(file)))
                .containsExactly(
                        file + ":3:8: error: kafka.properties.a: ${file:/no/such/file}: cannot be read: no such file",
                        file + ":4:8: error: kafka.properties.b: ${env:NO_SUCH}: no such environment variable",
                        file + ":5:8: error: kafka.properties.c: \"${vault:x}\" (expected: ${file:PATH} or ${env:NAME};"
                                + " $${ for a literal ${)",
                        file + ":6:8: error: kafka.properties.d: \"${env:OPEN\" (expected: ${file:PATH} or ${env:NAME};"
                                + " $${ for a literal ${)");
    }

    @Test
    void aWrongValueBehindAPlaceholderIsNotShown() {
        LoadedConfig loaded = Loading.load(List.of(), Map.of("S", SECRET), Map.of("management.bind", "${env:S}"));

        assertThat(Loading.messages(loaded))
                .singleElement()
                .asString()
                .contains("${env:S}")
                .doesNotContain(SECRET);
    }

    @Test
    void secretKeysAreKnownByTheirNames() {
        for (String path : List.of(
                "kafka.properties.ssl.key.password",
                "kafka.properties.sasl.jaas.config",
                "kafka.producer.SSL.KeyStore.Key",
                "kafka.properties.sasl.oauthbearer.client.credentials.client.secret")) {
            assertThat(Binder.isSecret(path)).as(path).isTrue();
        }
        assertThat(Binder.isSecret("ingress[0].key")).isFalse();
    }
}
