package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.Section.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The reference is what the records say. After a change of a key: {@code mvn test -pl bridge-app -am
 * -Dtest=ConfigReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true} writes it anew.
 */
final class ConfigReferenceTest {

    private static final Path PAGE = Path.of("../docs/reference/configuration.md");

    @Test
    void theReferenceIsUpToDate() throws IOException {
        String markdown = ConfigReference.markdown();
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, markdown);
        }
        assertThat(PAGE).content().isEqualTo(markdown);
    }

    @Test
    void everyKeyIsDescribedInASentence() {
        check(ConfigLoader.ROOT);
    }

    private static void check(Section section) {
        for (Field field : section.fields()) {
            assertThat(field.key().value()).as(field.name()).endsWith(".").hasSizeGreaterThan(4);
            if (field.section() != null) {
                check(field.inside());
            }
        }
    }
}
