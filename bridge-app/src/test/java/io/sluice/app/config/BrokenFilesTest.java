package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator reads about a broken file, word for word: {@code broken/NAME.yaml} gives {@code broken/NAME.txt}. */
final class BrokenFilesTest {

    private static final Path FOLDER = Path.of("src/test/resources/broken");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "words",
                "keys",
                "types",
                "ranges",
                "missing",
                "duplicates",
                "syntax",
                "later",
                "rules",
                "together",
                "kafka",
                "authorization",
                "authorization-keys"
            })
    void theProblemsAreTold(String name) throws IOException {
        LoadedConfig loaded = Loading.files(FOLDER.resolve(name + ".yaml").toString());

        List<String> lines = new ArrayList<>();
        Loading.messages(loaded).forEach(line -> lines.add(line.replace(FOLDER + "/", "")));
        lines.add(ConfigProblem.summary(loaded.problems()));
        assertThat(lines).isEqualTo(Files.readAllLines(FOLDER.resolve(name + ".txt")));
        assertThat(loaded.isUsable()).isFalse();
    }
}
