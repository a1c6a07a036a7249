package io.sluice.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChartLintTest {

    @TempDir
    Path folder = Path.of(".");

    @Test
    void theChartIsWithoutAFinding() {
        LintResult result =
                new com.marcnuri.helm.Helm(Chart.SOURCE).lint().strict().call();

        assertThat(result.getMessages())
                .filteredOn(message -> !message.contains("icon is recommended"))
                .isEmpty();
        assertThat(result.isFailed()).isFalse();
    }

    @Test
    void lintSeesABrokenTemplate() {
        Chart chart = Chart.copy("broken");
        Chart.write(chart.folder().resolve("templates/broken.yaml"), "a: {{ .Values.nothing.at.all }}\n");

        assertThat(chart.helm().lint().strict().call().isFailed()).isTrue();
    }

    @Test
    void thePackageHasWhatTheTemplatesRead() throws IOException {
        new com.marcnuri.helm.Helm(Chart.SOURCE)
                .packageIt()
                .withDestination(folder)
                .call();

        assertThat(names(folder.resolve("sluice-" + Yaml.at(chart(), "version") + ".tgz")))
                .contains(
                        "sluice/Chart.yaml",
                        "sluice/README.md",
                        "sluice/files/alerts.yaml",
                        "sluice/templates/NOTES.txt",
                        "sluice/templates/deployment.yaml",
                        "sluice/templates/tests/probe.yaml",
                        "sluice/values.schema.json",
                        "sluice/values.yaml")
                .noneMatch(name -> name.startsWith("sluice/ci/"));
    }

    @Test
    void theChartIsOfTheVersionThatIsBuilt() {
        String built = Yaml.read(Path.of("pom.xml")).replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");

        assertThat(chart().get("appVersion")).isEqualTo(built.replace("-SNAPSHOT", ""));
        assertThat(String.valueOf(Yaml.at(chart(), "annotations.\"artifacthub.io/images\"")))
                .contains("image: ghcr.io/sluice/sluice:" + chart().get("appVersion"));
    }

    /** By name, and by tag when it is said: that of a chart is the release's, that of a build in between is not. */
    @Test
    void theChartTakesTheImageThatTheBuildMakes() {
        String pom = Yaml.read(Path.of("../bridge-app/pom.xml"));
        String name = pom.replaceAll("(?s).*?<image.name>(.*?)</image.name>.*", "$1");
        String version = Yaml.read(Path.of("pom.xml")).replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
        assertThat(pom).contains("<image>${image.name}:${project.version}</image>");

        Manifests byDefault = Chart.withTestPod().render(Chart.LEAST);
        Manifests built = Chart.withTestPod().render(Chart.LEAST, "image: {tag: " + version + "}");

        assertThat(images(byDefault)).containsOnly(name + ":" + version.replace("-SNAPSHOT", ""));
        assertThat(images(built)).containsOnly(name + ":" + version);
    }

    private static List<String> images(Manifests manifests) {
        return List.of(
                String.valueOf(manifests.one("Deployment").at("spec.template.spec.containers[0].image")),
                String.valueOf(manifests.one("Pod").at("spec.containers[0].image")));
    }

    private static Map<String, Object> chart() {
        return Yaml.map(Chart.SOURCE.resolve("Chart.yaml"));
    }

    /** Names of the files in an archive: 512 bytes of header, then the content in blocks of 512 bytes. */
    private static List<String> names(Path archive) throws IOException {
        List<String> names = new ArrayList<>();
        try (GZIPInputStream in = new GZIPInputStream(java.nio.file.Files.newInputStream(archive))) {
            byte[] header = in.readNBytes(512);
            while (header.length == 512 && header[0] != 0) {
                names.add(text(header, 0, 100));
                long size = Long.parseLong(text(header, 124, 11).strip(), 8);
                in.skipNBytes((size + 511) / 512 * 512);
                header = in.readNBytes(512);
            }
        }
        return names;
    }

    private static String text(byte[] header, int start, int length) {
        String text = new String(header, start, length, java.nio.charset.StandardCharsets.US_ASCII);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
