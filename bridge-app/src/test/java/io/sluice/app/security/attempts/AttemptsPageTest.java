package io.sluice.app.security.attempts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The page is what is tried. After a change: {@code mvn test -pl bridge-app -am -Dtest=AttemptsPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true} writes it anew.
 */
final class AttemptsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/attempts.md");

    @Test
    void thePageIsUpToDate() throws IOException {
        String markdown = AttemptsPage.markdown(Attempts.all());
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, markdown);
        }
        assertThat(PAGE).content().isEqualTo(markdown);
    }

    @Test
    void eachAttemptIsThereOnceAndOnOneLine() {
        List<String> names = Attempts.all().stream().map(Attempt::toString).toList();

        assertThat(names).hasSizeGreaterThanOrEqualTo(80).doesNotHaveDuplicates();
        assertThat(names).noneMatch(name -> name.contains("|") || name.chars().anyMatch(Character::isISOControl));
    }
}
