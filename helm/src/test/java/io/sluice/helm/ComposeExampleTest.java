package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.LoadedConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example with docker compose: each of its files is one that its program takes, and they fit each other. */
final class ComposeExampleTest {

    private static final Path EXAMPLE = Path.of("../docs/examples/compose");
    private static final Map<String, Object> COMPOSE = Yaml.map(EXAMPLE.resolve("docker-compose.yaml"));

    @TempDir
    Path folder = Path.of(".");

    @Test
    void theServerTakesTheConfiguration() {
        LoadedConfig loaded = SluiceYaml.load(Yaml.read(EXAMPLE.resolve("sluice.yaml")), folder);

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.usable().kafka().isEmbedded()).isFalse();
    }

    @Test
    void prometheusTakesItsConfigurationWithTheAlerts() throws IOException {
        Promtool.assumeInstalled();
        for (Path file : List.of(EXAMPLE.resolve("prometheus.yml"), Chart.SOURCE.resolve("files/alerts.yaml"))) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }

        Promtool result = Promtool.run(folder, "check", "config", "prometheus.yml");

        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("1 rule files found", "22 rules found");
    }

    @Test
    void whatIsMountedIsThere() {
        for (Object service : services().values()) {
            for (Object volume : Yaml.list(Objects.requireNonNullElse(Yaml.at(service, "volumes"), List.of()))) {
                String from = String.valueOf(volume).split(":")[0];
                if (from.startsWith(".")) {
                    assertThat(EXAMPLE.resolve(from)).exists();
                } else {
                    assertThat(Yaml.asMap(Objects.requireNonNull(COMPOSE.get("volumes"))))
                            .containsKey(from);
                }
            }
        }
    }

    @Test
    void theFourFindEachOther() {
        Map<String, Object> sluice = Yaml.map(EXAMPLE.resolve("sluice.yaml"));

        assertThat(services()).containsOnlyKeys("kafka", "sluice", "prometheus", "grafana");
        assertThat(Yaml.at(services(), "kafka.environment.KAFKA_ADVERTISED_LISTENERS"))
                .isEqualTo("PLAINTEXT://" + Yaml.at(sluice, "kafka.bootstrap-servers"));
        assertThat(Yaml.at(
                        Yaml.map(EXAMPLE.resolve("prometheus.yml")), "scrape_configs[0].static_configs[0].targets[0]"))
                .isEqualTo("sluice:8080");
        assertThat(Yaml.at(Yaml.map(EXAMPLE.resolve("grafana/datasources/prometheus.yaml")), "datasources[0].url"))
                .isEqualTo("http://prometheus:9090");
        String dashboards = String.valueOf(
                Yaml.at(Yaml.map(EXAMPLE.resolve("grafana/dashboards/sluice.yaml")), "providers[0].options.path"));
        assertThat(Yaml.list(Yaml.at(services(), "grafana.volumes")))
                .anySatisfy(volume ->
                        assertThat(String.valueOf(volume)).endsWith("files/dashboards:" + dashboards + ":ro"));
        assertThat(Yaml.list(Yaml.at(services(), "sluice.ports")))
                .map(port -> String.valueOf(port).replaceAll(".*:", ""))
                .containsExactly("1883", "8083", "8080");
        assertThat(List.of("listeners.mqtt.bind", "listeners.ws.bind", "management.bind"))
                .map(key -> String.valueOf(Yaml.at(sluice, key)))
                .containsExactly("0.0.0.0:1883", "0.0.0.0:8083", "0.0.0.0:8080");
    }

    /** No port is open to the network: nobody is asked who they are. */
    @Test
    void portsAreOnLoopback() {
        for (Object service : services().values()) {
            assertThat(Yaml.list(Objects.requireNonNullElse(Yaml.at(service, "ports"), List.of())))
                    .allSatisfy(port -> assertThat(String.valueOf(port)).startsWith("127.0.0.1:"));
        }
    }

    @Test
    void theImageIsOfTheVersionOfTheChart() {
        assertThat(Yaml.at(services(), "sluice.image"))
                .isEqualTo("ghcr.io/sluice/sluice:"
                        + Yaml.map(Chart.SOURCE.resolve("Chart.yaml")).get("appVersion"));
    }

    private static Map<String, Object> services() {
        return Yaml.asMap(Objects.requireNonNull(COMPOSE.get("services")));
    }
}
