package io.sluice.app.it;

import io.sluice.app.it.ChildSluice.Stop;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An archive of the classes that Sluice and its Kafka load (JEP 350), made once by the tests that start processes: those
 * start in half the time. Only what is packed in jars can be archived; where it is not, processes start without one.
 */
final class ClassArchive {

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    private static @Nullable List<String> options;

    private ClassArchive() {}

    /** Options of Java's: the class path, and the archive. */
    static synchronized List<String> options() {
        List<String> known = options;
        if (known == null) {
            known = isPacked() ? archived() : List.of("-cp", CLASS_PATH);
            options = known;
        }
        return known;
    }

    private static Stream<String> entries(boolean ofTests) {
        return Stream.of(CLASS_PATH.split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes") == ofTests);
    }

    private static boolean isPacked() {
        return entries(false).noneMatch(entry -> Files.isDirectory(Path.of(entry)));
    }

    private static List<String> archived() {
        String jars = entries(false).collect(Collectors.joining(File.pathSeparator));
        try {
            Path folder = Files.createTempDirectory("sluice-classes");
            Path archive = folder.resolve("classes.jsa");
            // In the reverse order of these lines.
            folder.toFile().deleteOnExit();
            archive.toFile().deleteOnExit();
            Path files = folder.resolve("sluice");
            try (ChildSluice sluice = new ChildSluice(files, null)) {
                sluice.start(List.of("-XX:ArchiveClassesAtExit=" + archive, "-cp", jars));
                sluice.stop(Stop.TERMINATE);
            }
            delete(files);
            // What was on the class path of the archive must be the begin of this one's.
            String all = Stream.concat(entries(false), entries(true)).collect(Collectors.joining(File.pathSeparator));
            return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-cp", all);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(failure);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }
}
