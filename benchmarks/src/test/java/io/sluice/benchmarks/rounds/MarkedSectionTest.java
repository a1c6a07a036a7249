package io.sluice.benchmarks.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkedSectionTest {

    private static final String DOCUMENT =
            "# Before\n" + MarkedSection.BEGIN + "\nold\n" + MarkedSection.END + "\nafter\n";

    @Test
    void onlyWhatIsBetweenTheMarkersIsReplaced() {
        String replaced = MarkedSection.replace(DOCUMENT, "new\n");

        assertThat(replaced)
                .isEqualTo("# Before\n" + MarkedSection.BEGIN + "\n\nnew\n\n" + MarkedSection.END + "\nafter\n");
    }

    @Test
    void replacingTwiceIsTheSameAsOnce() {
        String once = MarkedSection.replace(DOCUMENT, "new");

        assertThat(MarkedSection.replace(once, "new")).isEqualTo(once);
    }

    @Test
    void withoutBothMarkersInTheirOrderNothingIsReplaced() {
        assertThatThrownBy(() -> MarkedSection.replace("no marker", "new")).hasMessageContaining("expected");
        assertThatThrownBy(() -> MarkedSection.replace(MarkedSection.BEGIN, "new"))
                .hasMessageContaining("expected");
        assertThatThrownBy(() -> MarkedSection.replace(MarkedSection.END + MarkedSection.BEGIN, "new"))
                .hasMessageContaining("expected");
        assertThatThrownBy(() -> MarkedSection.replace(DOCUMENT + DOCUMENT, "new"))
                .hasMessageContaining("once");
    }

    @Test
    void aFileIsCheckedBeforeAndWrittenAfterwards(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("doc.md"), DOCUMENT);
        Path other = Files.writeString(folder.resolve("other.md"), "no marker");

        MarkedSection.check(file);
        MarkedSection.write(file, "new");

        assertThat(file).content().contains("new").doesNotContain("old");
        assertThatThrownBy(() -> MarkedSection.check(other)).hasMessageContaining("--docs: ");
        assertThatThrownBy(() -> MarkedSection.check(folder.resolve("absent.md")))
                .hasMessageContaining("--docs: ");
    }
}
