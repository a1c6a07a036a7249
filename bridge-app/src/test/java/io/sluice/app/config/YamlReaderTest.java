package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class YamlReaderTest {

    @TempDir
    Path folder = Path.of(".");

    @Test
    @Timeout(2)
    void nestingIsBounded() {
        assertThat(refusal("kafka: " + "[".repeat(500_000))).contains("more than 16 levels of nesting");
        assertThat(refusal("{a: ".repeat(100_000))).contains("more than 16 levels of nesting");
    }

    @Test
    @Timeout(2)
    void aliasesAreBounded() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            String before = "*a" + (i - 1);
            laughs.append("a%d: &a%d [%s, %s]\n".formatted(i, i, before, before));
        }
        assertThat(refusal(laughs.toString())).contains("more than 50 aliases");
    }

    @Test
    void anAliasInsideItsAnchorIsRefused() {
        assertThat(refusal("kafka: &k {a: *k}\n")).contains(":1:15: error: alias *k (expected: an anchor &k that ends");
    }

    @Test
    @Timeout(5)
    void sizeIsBounded() {
        assertThat(refusal("# " + "x".repeat(2 << 20))).contains("larger than 1MiB");
        assertThat(refusal("ingress: [" + "1,".repeat(200_000) + "]")).contains("more than 100000 values");
    }

    @Test
    void otherConstructsOfYamlAreRefused() {
        assertThat(refusal("a: 1\n---\nb: 2\n")).contains(":2:1: error: a second document");
        assertThat(refusal("- a\n")).contains(":1:1: error: a list (expected: a map with keys");
        assertThat(refusal("[a]: b\n")).contains(":1:1: error: a list as a key (expected: text)");
    }

    @Test
    void noObjectIsEverMade() {
        assertThat(refusal("kafka: !!javax.script.ScriptEngineManager [x]\n"))
                .contains(":1:8: error: kafka: a list (expected: a map)");
    }

    @Test
    void anAnchorMayBeUsed() {
        String file = Loading.file(
                folder, "anchors.yaml", "mqtt: {receive-maximum: &n 5}\nsessions: {buffer: *n, max-inflight: *n}\n");

        assertThat(Loading.files(file).usable().sessions().buffer()).isEqualTo(5);
    }

    private String refusal(String yaml) {
        LoadedConfig loaded = Loading.files(Loading.file(folder, "bomb.yaml", yaml));
        assertThat(loaded.isUsable()).isFalse();
        return Loading.messages(loaded).get(0);
    }
}
