package io.sluice.app.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds, in the sources of the tests of all modules, which test proves which statement: by its {@code @Conforms}. */
final class Proofs {

    /** The annotation of a method, and the method's name behind the annotations that follow. */
    private static final Pattern ANNOTATED =
            Pattern.compile("@Conforms\\(([^)]*)\\).*?\\bvoid (\\w+)\\(", Pattern.DOTALL);

    private static final Pattern VERSION = Pattern.compile("(mqtt\\d+) = (\\{[^}]*}|\"[^\"]*\")");
    private static final Pattern ID = Pattern.compile("\"([^\"]+)\"");
    private static final Map<String, String> VERSIONS = Map.of("mqtt5", "5.0", "mqtt3", "3.1.1", "mqtt31", "3.1");

    private final Map<Statement, TreeSet<String>> tests = new HashMap<>();

    private Proofs() {}

    static Proofs none() {
        return new Proofs();
    }

    /** @param sources the roots of the tests' sources */
    static Proofs find(List<Path> sources) throws IOException {
        Proofs proofs = new Proofs();
        for (Path root : sources) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    proofs.read(file);
                }
            }
        }
        return proofs;
    }

    private void read(Path file) throws IOException {
        String type = file.getFileName().toString().replace(".java", "");
        Matcher annotated = ANNOTATED.matcher(Files.readString(file));
        while (annotated.find()) {
            Matcher version = VERSION.matcher(annotated.group(1));
            while (version.find()) {
                Matcher id = ID.matcher(version.group(2));
                while (id.find()) {
                    Statement statement =
                            new Statement(VERSIONS.getOrDefault(version.group(1), version.group(1)), id.group(1));
                    tests.computeIfAbsent(statement, ignored -> new TreeSet<>()).add(type + "." + annotated.group(2));
                }
            }
        }
    }

    /** The tests of a statement, in the order of their names; empty when there is none. */
    List<String> of(Statement statement) {
        TreeSet<String> found = tests.get(statement);
        return found == null ? List.of() : new ArrayList<>(found);
    }

    /** All statements that some test names. */
    List<Statement> statements() {
        return List.copyOf(tests.keySet());
    }
}
