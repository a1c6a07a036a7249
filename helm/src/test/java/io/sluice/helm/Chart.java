package io.sluice.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The chart as Helm renders it. Helm leaves hooks out of what it renders, so {@link #render} works on a copy in which the
 * pod of {@code helm test} is no hook.
 */
final class Chart {

    static final Path SOURCE = Path.of("sluice");
    static final String RELEASE = "r";
    static final String NAMESPACE = "iot";
    static final String KUBERNETES = "1.31.0";

    /** The least that the chart asks for. */
    static final String LEAST = "kafka: {bootstrapServers: \"kafka:9092\"}\n";

    private static final Path TARGET = Path.of("target", "charts");

    private final Path folder;

    private Chart(Path folder) {
        this.folder = folder;
    }

    /** The chart with the pod of the test among its objects. */
    static Chart withTestPod() {
        Chart copy = copy("with-test-pod");
        Path probe = copy.folder.resolve("templates/tests/probe.yaml");
        write(
                probe,
                Yaml.read(probe)
                        .replace("    helm.sh/hook: test\n", "")
                        .replace("    helm.sh/hook-delete-policy:", "    example.com/policy:"));
        return copy;
    }

    /** A copy to change. */
    static Chart copy(String name) {
        try {
            Files.createDirectories(TARGET);
            Path folder = Files.createTempDirectory(TARGET, name);
            try (Stream<Path> files = Files.walk(SOURCE)) {
                for (Path file : files.toList()) {
                    Path to = folder.resolve(SOURCE.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(to);
                    } else {
                        Files.copy(file, to);
                    }
                }
            }
            return new Chart(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Helm helm() {
        return new Helm(folder);
    }

    /** What is made of these values: YAML texts, the later over the earlier. */
    Manifests render(String... values) {
        return render(Stream.of(values).map(Chart::file).toList());
    }

    Manifests render(List<Path> valuesFiles) {
        TemplateCommand template =
                helm().template().withName(RELEASE).withNamespace(NAMESPACE).withKubeVersion(KUBERNETES);
        valuesFiles.forEach(template::withValuesFile);
        return Manifests.of(template.call());
    }

    /** Why these values are refused. */
    String refusal(String... values) {
        Manifests manifests;
        try {
            manifests = render(values);
        } catch (IllegalStateException refused) {
            return String.valueOf(refused.getMessage());
        }
        throw new AssertionError("not refused: " + String.join("", values) + " gives " + manifests.names());
    }

    /** What Helm prints after an installation with these values. */
    String notes(String... values) {
        var install = helm().install()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .clientOnly()
                .dryRun()
                .debug();
        Stream.of(values).map(Chart::file).forEach(install::withValuesFile);
        String output = install.call().getOutput();
        int start = output.indexOf("NOTES:\n");
        if (start < 0) {
            throw new AssertionError("no notes in " + output);
        }
        return output.substring(start);
    }

    static Path file(String values) {
        try {
            Files.createDirectories(TARGET);
            return write(Files.createTempFile(TARGET, "values", ".yaml"), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values files of the installations that are supported. */
    static List<Path> supported() {
        try (Stream<Path> files = Files.list(SOURCE.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
