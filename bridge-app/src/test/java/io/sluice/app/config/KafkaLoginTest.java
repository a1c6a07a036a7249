package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kafka.username} and {@code kafka.password}. */
final class KafkaLoginTest {

    @TempDir
    Path folder = Path.of(".");

    @ParameterizedTest
    @CsvSource({"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void aNameAndAPasswordAreALoginOfTheMechanism(String mechanism) {
        LoadedConfig loaded = load("SASL_SSL", mechanism, "username: sluice, password: secret");

        assertThat(Loading.messages(loaded)).isEmpty();
        assertThat(login(loaded, mechanism.equals("PLAIN") ? PlainLoginModule.class : ScramLoginModule.class))
                .isEqualTo(Map.of("username", "sluice", "password", "secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\"b\\c;d'e\\n $1",
                "\"",
                "\\",
                "x\ty\u0001\u00e9\u4e2d\ud83d\ude00",
                "two\nlines\r\n ",
                "=,;{}",
                "//a/*b*/"
            })
    void theyMayHaveAnyCharacter(String text) {
        String secret = Loading.file(folder, "secret", text);
        LoadedConfig loaded = load(
                "SASL_SSL", "PLAIN", "username: \"${file:%s}\", password: \"${file:%s}\"".formatted(secret, secret));

        // A newline at the end of a file is no part of what is in it.
        String read = text.replaceFirst("\\R\\z", "");
        assertThat(login(loaded, PlainLoginModule.class)).isEqualTo(Map.of("username", read, "password", read));
    }

    @Test
    void thePasswordIsNotShown() {
        LoadedConfig loaded = load("SASL_SSL", "PLAIN", "username: sluice, password: horse");

        assertThat(Loading.texts(loaded))
                .containsEntry("kafka.username", "sluice")
                .containsEntry("kafka.password", Binder.MASK);
        assertThat(loaded.toString()).doesNotContain("horse");
        assertThat(loaded.usable().kafka().toString()).doesNotContain("horse");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SASL_SSL|PLAIN|username: u|kafka.username: without kafka.password (expected: both)",
                "SASL_SSL|PLAIN|password: p|kafka.password: without kafka.username (expected: both)",
                "SASL_SSL|OAUTHBEARER|username: u, password: p|kafka.username: with sasl.mechanism \"OAUTHBEARER\" (expected: kafka.properties.sasl.mechanism one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512)",
                "SSL|PLAIN|username: u, password: p|kafka.username: with security.protocol \"SSL\" (expected: kafka.properties.security.protocol SASL_SSL or SASL_PLAINTEXT)",
                "SASL_SSL|PLAIN|username: u, password: p, producer: {sasl.jaas.config: x}|kafka.username: and kafka.producer.sasl.jaas.config, which says the same (expected: one of them)",
                "SASL_SSL|PLAIN|username: u, password: ''|kafka.password: \"******\" (expected: text that is not empty)",
            })
    void whatIsMissingOrTooMuchIsTold(String protocol, String mechanism, String keys, String expected) {
        assertThat(Loading.messages(load(protocol, mechanism, keys)))
                .anySatisfy(message -> assertThat(message).contains(expected));
    }

    @Test
    void withoutAMechanismItIsTold() {
        String file =
                Loading.file(folder, "sluice.yaml", "kafka: {bootstrap-servers: 'k:1', username: u, password: p}");

        assertThat(Loading.messages(Loading.files(file)))
                .anySatisfy(message -> assertThat(message).contains("sasl.mechanism not set (expected:"))
                .anySatisfy(message -> assertThat(message).contains("security.protocol \"PLAINTEXT\" (expected:"));
    }

    @Test
    void theEmbeddedKafkaAsksNobody() {
        String file = Loading.file(folder, "sluice.yaml", "kafka: {username: u, password: p}");

        assertThat(Loading.messages(Loading.files(file))).singleElement().satisfies(message -> assertThat(message)
                .contains("kafka.username: with the embedded Kafka (expected: only with kafka.bootstrap-servers)"));
    }

    private LoadedConfig load(String protocol, String mechanism, String keys) {
        String file = Loading.file(folder, "sluice.yaml", """
                kafka:
                  {bootstrap-servers: 'k:1', properties: {security.protocol: %s, sasl.mechanism: %s}, %s}
                """.formatted(protocol, mechanism, keys));
        return Loading.files(file);
    }

    private static Map<String, ?> login(LoadedConfig loaded, Class<?> module) {
        String jaas = loaded.usable().kafka().clientProperties().getOrDefault("sasl.jaas.config", "");
        return JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(jaas)))
                .configurationEntries()
                .stream()
                .filter(login -> login.getLoginModuleName().equals(module.getName()))
                .findFirst()
                .orElseThrow()
                .getOptions();
    }
}
